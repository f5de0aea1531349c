import {
  type BarModel,
  type BarSums,
  contextsOf,
  createEwmaBars,
  createGarch,
  createLinearModel,
  fitGarch,
  fitHar,
  type Garch,
  HAR_FEATURES,
  HAR_X_FEATURES,
  hourlyReturns,
  indexAt,
  type Market,
} from '@plimsoll/forecast'

/** Regressions take every row for equal: rows older than this only mislead them. [s] */
const LONGEST_FIT = 3 * 365 * 86_400
/** GARCH looks back on two years. [bars] */
const GARCH_BARS = 730 * 288

/** Fits the classical models on what ends before a time, frozen after it. */
export function classicalModels(
  sums: readonly BarSums[],
  market: Market,
  until: number,
): readonly BarModel[] {
  const span = { from: until - LONGEST_FIT, to: until }
  const contexts = sums.flatMap((own) => [...contextsOf(own, market, span)])
  const har = (name: string, features: readonly string[]): BarModel =>
    createLinearModel(fitHar({ name, version: 'fitted', features, contexts, until }))
  const garch = new Map<string, Garch>()
  for (const own of sums) {
    const to = Math.min(own.bars.length, Math.floor(indexAt(own.bars, until)))
    const returns = hourlyReturns(own, to - GARCH_BARS, to)
    if (returns.length >= 500) garch.set(own.bars.asset, fitGarch(returns))
  }
  return [
    createEwmaBars(),
    ...(garch.size === sums.length ? [createGarch(garch)] : []),
    har('har-log', HAR_FEATURES),
    har('har-x', HAR_X_FEATURES),
  ]
}
