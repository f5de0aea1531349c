/** Something that can wait. Apart from `Clock` because simulated time may pass while a real chain needs real waiting. */
export interface Sleeper {
  /** [ms] */
  sleep(ms: number): Promise<void>
}
