/** The Redis whose behaviour this is; INFO and HELLO say so, because clients choose features by it. */
export const REDIS_VERSION = '7.2.4';
export const HOTSET_VERSION = '0.1.0';
