/** How fast a counter grows: an average over its newest samples, as INFO's `instantaneous_…` fields show it. */

const SAMPLES = 16;

export class Rate {
  private readonly samples = new Float64Array(SAMPLES);
  private next = 0;
  private total = 0;
  private micros: number;

  /** @param micros the moment the counter was 0 */
  constructor(micros: number) {
    this.micros = micros;
  }

  /** Notes that the counter stands at `total` at the moment `micros`. */
  sample(total: number, micros: number): void {
    const elapsed = micros - this.micros;
    if (elapsed <= 0) return;
    this.samples[this.next] = ((total - this.total) * 1_000_000) / elapsed;
    this.next = (this.next + 1) % SAMPLES;
    this.total = total;
    this.micros = micros;
  }

  /** The counter begins at 0 again. */
  reset(micros: number): void {
    this.samples.fill(0);
    this.total = 0;
    this.micros = micros;
  }

  get perSecond(): number {
    return this.samples.reduce((sum, sample) => sum + sample, 0) / SAMPLES;
  }
}
