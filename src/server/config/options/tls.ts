/** TLS. Files are re-read when their option is set again, because they may have been renewed. */

import { bool, choice, INT_MAX, integer, text } from '../scalar-options.ts';

const inert = 'TLS is not served yet';
const FILE = { inert, volatile: true };

export const tlsOptions = [
  integer('tls-port', 0, 0, 65535, 'TCP port for TLS; 0 listens on none', { inert }),
  text('tls-cert-file', null, 'Certificate', FILE),
  text('tls-key-file', null, 'Private key of the certificate', FILE),
  text('tls-key-file-pass', null, 'Password of the private key', { inert, sensitive: true }),
  text('tls-client-cert-file', null, 'Certificate for outgoing connections', FILE),
  text('tls-client-key-file', null, 'Private key for outgoing connections', FILE),
  text('tls-client-key-file-pass', null, 'Password of the key for outgoing connections', { inert, sensitive: true }),
  text('tls-dh-params-file', null, 'Diffie-Hellman parameters, for old clients', FILE),
  text('tls-ca-cert-file', null, 'Certificates that client certificates are checked against', FILE),
  text('tls-ca-cert-dir', null, 'Directory of such certificates', FILE),
  choice('tls-auth-clients', 'yes', ['no', 'yes', 'optional'], 'Whether clients must show a certificate', { inert }),
  bool('tls-replication', 'no', 'TLS towards the primary', { inert }),
  bool('tls-cluster', 'no', 'TLS on the cluster bus', { inert }),
  text('tls-protocols', null, 'Versions to offer', { inert }),
  text('tls-ciphers', null, 'Ciphers up to TLS 1.2', { inert }),
  text('tls-ciphersuites', null, 'Cipher suites of TLS 1.3', { inert }),
  bool('tls-prefer-server-ciphers', 'no', "Choose by the server's order of ciphers", { inert }),
  bool('tls-session-caching', 'yes', 'Let clients resume sessions', { inert }),
  integer('tls-session-cache-size', 20480, 0, INT_MAX, 'Sessions kept; 0 is no limit', { inert }),
  integer('tls-session-cache-timeout', 300, 0, INT_MAX, 'Seconds a session is kept', { inert }),
] as const;
