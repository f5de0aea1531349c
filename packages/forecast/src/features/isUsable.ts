import { type BarSums, coverage } from './createBarSums.ts'
import { SPANS, type Span } from './FEATURES.ts'

/** Least share of bars that a past window needs. */
const LEAST: readonly (readonly [span: Span, share: number])[] = [
  ['15m', 0.9],
  ['1h', 0.9],
  ['4h', 0.9],
  ['12h', 0.9],
  ['24h', 0.9],
  ['72h', 0.5],
  ['168h', 0.5],
  ['720h', 0.2],
]

/** Whether there are bars enough before an index to forecast from. */
export const isUsable = (sums: BarSums, i: number): boolean =>
  i > 0 && LEAST.every(([span, share]) => coverage(sums, i - SPANS[span], i) >= share)
