import type {
  AssetId,
  Forecast,
  ForecastRound,
  ForecastSource,
  HorizonForecast,
  PricePoint,
  VolatilityModel,
} from '@plimsoll/domain'
import { reason } from '@plimsoll/domain'
import type { BarModel } from '../BarModel.ts'
import type { Bars } from '../bars/Bars.ts'
import { ShortHistoryError } from '../errors.ts'
import { contextAt, type Market } from '../features/contextsOf.ts'
import type { FeatureContext } from '../features/FEATURES.ts'
import { shortfall } from '../features/isUsable.ts'
import type { ModelFiles, UnloadedModel } from '../model/loadModel.ts'
import { createForecaster, type Forecaster } from '../serve/createForecaster.ts'
import { type BarBook, createBarBook } from './createBarBook.ts'

/** What an agent forecasts with. */
export type ForecastSourceConfig = {
  /** One that could not be loaded leaves the answers to the fallback. */
  readonly model: ModelFiles | UnloadedModel
  /** Answers from the same bars when the model does not. */
  readonly fallback: BarModel
  /** Answers from a few prices while there are too few bars. */
  readonly last: VolatilityModel
  /** Models on trial. */
  readonly shadows?: readonly (ModelFiles | UnloadedModel)[]
  /** Stablecoins, that the last model forecasts by intent: it is no degradation. */
  readonly stable?: readonly AssetId[]
  /** Bars from before the first price, by asset. */
  readonly earlier?: ReadonlyMap<AssetId, Bars>
  /** Which assets are the market factors. */
  readonly btc?: AssetId
  readonly eth?: AssetId
  readonly deadlineMs?: number
}

/** A source of forecasts with the threads it runs. */
export type RunningForecastSource = ForecastSource & {
  /** Puts another model in place, see {@link Forecaster.swap}. */
  swap(files: ModelFiles): Promise<void>
  close(): Promise<void>
}

/** Forty-one weeks: what the slowest seasonal feature looks back on. */
const KEEP_BARS = 41 * 2_016
const SECOND_MS = 1_000

/**
 * Creates an agent's source of forecasts: prices become bars, a bar that is over becomes a forecast of every asset in one
 * batch. Between bars the last forecast stands, so that a tick waits for nothing.
 *
 * Degrades in two steps, and says so in the round: the fallback on the same bars when the model fails, the last model on
 * the prices alone where bars are too few.
 */
export async function createForecastSource(
  p: ForecastSourceConfig,
): Promise<RunningForecastSource> {
  const open = (model: ModelFiles | UnloadedModel): Promise<Forecaster> =>
    createForecaster({
      model,
      fallback: p.fallback,
      ...(p.deadlineMs === undefined ? {} : { deadlineMs: p.deadlineMs }),
    })
  const main = await open(p.model)
  const trials = await Promise.all((p.shadows ?? []).map(open))
  const books = new Map<AssetId, BarBook>()
  let seen = Number.NEGATIVE_INFINITY // end of the bars that the standing round is made from. [s]
  let standing: Standing = NOTHING

  const bookOf = (asset: AssetId): BarBook => {
    const known = books.get(asset)
    if (known !== undefined) return known
    const earlier = p.earlier?.get(asset) ?? null
    const book = createBarBook({ asset, earlier, keep: KEEP_BARS })
    books.set(asset, book)
    return book
  }

  /** Forecasts every asset whose bars suffice, all in one batch. */
  const renew = async (end: number): Promise<Standing> => {
    const { ready, short } = contextsAt(books, p, end)
    const contexts = ready.map(({ context }) => context)
    const [answer, ...said] = await Promise.all([
      main.forecast(contexts),
      ...trials.map((trial) => trial.forecast(contexts)),
    ])
    const label = (model: string, rows: readonly (readonly HorizonForecast[])[]) =>
      ready.flatMap(({ asset }, r): Forecast[] => {
        const horizons = rows[r]
        return horizons === undefined ? [] : [{ asset, model, at: end * SECOND_MS, horizons }]
      })
    return {
      made: new Map(label(answer.model, answer.forecasts).map((made) => [made.asset, made])),
      short,
      degraded: contexts.length > 0 && answer.degraded !== null ? answer.degraded.message : null,
      // A trial's fallback is not the trial.
      shadows: said.flatMap(({ model, forecasts, degraded }) =>
        degraded === null ? label(model, forecasts) : [],
      ),
    }
  }

  return {
    name: main.id(),
    async forecastAll(prices) {
      for (const [asset, points] of prices) observeNew(bookOf(asset), points)
      const end = Math.max(...[...prices.keys()].map((asset) => bookOf(asset).end()))
      let shadows: readonly Forecast[] = []
      if (end > seen || standing === NOTHING) {
        standing = await renew(end)
        seen = end
        shadows = standing.shadows
      }
      return { ...roundOf(standing, prices, p), shadows }
    },
    async swap(files) {
      await main.swap(files)
      standing = NOTHING
    },
    async close() {
      await Promise.all([main, ...trials].map((each) => each.close()))
    },
  }
}

/** What the last bar came to. */
type Standing = {
  readonly made: ReadonlyMap<AssetId, Forecast>
  readonly short: ReadonlyMap<AssetId, string>
  readonly degraded: string | null
  readonly shadows: readonly Forecast[]
}

const NOTHING: Standing = { made: new Map(), short: new Map(), degraded: null, shadows: [] }

/** Prices come as a history that grows at its end: those before the last bar's end are known. */
function observeNew(book: BarBook, points: readonly PricePoint[]): void {
  const known = book.end() * SECOND_MS
  let from = points.length
  while (from > 0 && (points[from - 1]?.at ?? 0) >= known) from -= 1
  for (const point of points.slice(from)) book.observe(point)
}

function contextsAt(
  books: ReadonlyMap<AssetId, BarBook>,
  p: ForecastSourceConfig,
  end: number,
): {
  readonly ready: readonly { readonly asset: AssetId; readonly context: FeatureContext }[]
  readonly short: ReadonlyMap<AssetId, string>
} {
  const sumsOf = (asset: AssetId): Market['btc'] => books.get(asset)?.sums() ?? null
  const market = { btc: sumsOf(p.btc ?? 'BTC'), eth: sumsOf(p.eth ?? 'ETH') }
  const ready: { asset: AssetId; context: FeatureContext }[] = []
  const short = new Map<AssetId, string>()
  for (const [asset, book] of books) {
    const own = book.sums()
    const context = own === null ? null : contextAt(own, market, end)
    const lack = context === null ? NO_BARS : shortfall(context.own, context.i)
    if (context !== null && lack === null) ready.push({ asset, context })
    else if (lack !== null) short.set(asset, new ShortHistoryError({ asset, ...lack }).message)
  }
  return { ready, short }
}

const NO_BARS = { window: '24h', found: 0, least: 0.9 } as const

/** A round with the last model in the gaps. */
function roundOf(
  { made, short, degraded }: Standing,
  prices: ReadonlyMap<AssetId, readonly PricePoint[]>,
  { last, stable = [] }: Pick<ForecastSourceConfig, 'last' | 'stable'>,
): Omit<ForecastRound, 'shadows'> {
  const all: Forecast[] = []
  const missing: { asset: AssetId; reason: string }[] = []
  const why = new Set(degraded === null ? [] : [degraded])
  for (const [asset, points] of prices) {
    const known = made.get(asset)
    if (known !== undefined) {
      all.push(known)
      continue
    }
    const cause = short.get(asset) ?? 'no bar of it is over yet'
    try {
      all.push(last.forecast(asset, points))
      if (!stable.includes(asset)) why.add(cause)
    } catch (failure) {
      missing.push({ asset, reason: `${cause} ${reason(failure)}` })
    }
  }
  return { made: all, missing, degraded: why.size === 0 ? null : [...why].join(' ') }
}
