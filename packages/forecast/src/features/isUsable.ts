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
export const isUsable = (sums: BarSums, i: number): boolean => i > 0 && shortfall(sums, i) === null

/** The first window before an index that has too few bars; null when none has. */
export function shortfall(
  sums: BarSums,
  i: number,
): { readonly window: Span; readonly found: number; readonly least: number } | null {
  for (const [window, least] of LEAST) {
    const found = coverage(sums, i - SPANS[window], i)
    if (found < least) return { window, found, least }
  }
  return null
}
