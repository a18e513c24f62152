/** Time, as a node takes it: tests turn it by hand. */

export interface Clock {
  /** The wall clock: milliseconds since 1970-01-01 UTC, a whole number. It may jump in either direction. */
  now(): number;
  /** The steady clock: milliseconds from any start. It never runs backwards. */
  elapsed(): number;
}
