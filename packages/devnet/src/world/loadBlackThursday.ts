import { join } from 'node:path'
import { InvalidInputError } from '@plimsoll/domain'
import { START_PRICES, type StartPrices } from '../deploy/market.ts'
import { CandleFileError } from './errors.ts'
import { type FilledSeries, fillGaps } from './fillGaps.ts'
import { feedPrice, type PriceFrame, type PricePath } from './PricePath.ts'
import { type Candle, readCandles } from './readCandles.ts'
import { readHourlyOpens } from './readHourlyOpens.ts'

const FROM = Date.UTC(2020, 2, 12) / 1_000
const UNTIL = Date.UTC(2020, 2, 14) / 1_000
const BAR_SECONDS = 300
const MAX_EVERY = 96
const MAX_PAST_DAYS = 400
const DAY_SECONDS = 86_400

/**
 * Loads 12 and 13 March 2020 (UTC) from five-minute bars: ETH lost half its value in two falls.
 *
 * Reads `ETHUSDT_5m.csv.gz` and `BTCUSDT_5m.csv.gz` in `dataDir`. A frame carries the opens of its bar, times one
 * constant per asset, so that the path starts at the devnet's prices and every return is the real one; USDC stays.
 * Missing bars: up to an hour the last price is held; a longer gap is drawn between the opens of
 * `ETHUSDT_1h_2017_2022.csv.gz` or `BTCUSDT_1h_2017_2022.csv.gz` where that is there and agrees with the five-minute
 * bars; else the path ends at the gap. The path's `gaps` tell.
 *
 * @param options.every - Bars per frame, 1 to 96. Default 6: half an hour.
 * @param options.pastDays - Days before, as the path's `past`, gaps left out; 0 to 400. Default 0.
 * @throws {@link CandleFileError} naming file and line when a file is missing or wrong.
 */
export async function loadBlackThursday(
  dataDir: string,
  options: {
    readonly every?: number
    readonly pastDays?: number
    readonly start?: StartPrices
  } = {},
): Promise<PricePath> {
  const { every = 6, pastDays = 0, start = START_PRICES } = options
  if (!Number.isInteger(pastDays) || pastDays < 0 || pastDays > MAX_PAST_DAYS)
    throw new InvalidInputError({
      field: 'pastDays',
      found: pastDays,
      allowed: `an integer from 0 to ${MAX_PAST_DAYS}`,
    })
  if (!Number.isInteger(every) || every < 1 || every > MAX_EVERY)
    throw new InvalidInputError({
      field: 'every',
      found: every,
      allowed: `an integer from 1 to ${MAX_EVERY}`,
    })
  const from = FROM - pastDays * DAY_SECONDS
  const [{ series: eth, past: ethPast }, { series: btc, past: btcPast }] = await Promise.all([
    loadSeries(dataDir, 'ETH', from),
    loadSeries(dataDir, 'BTC', from),
  ])
  const [first, last] = [Math.max(eth.first, btc.first), Math.min(eth.end, btc.end)]
  const scale = { ETH: start.ETH / eth.openAt(first), BTC: start.BTC / btc.openAt(first) }
  const step = every * BAR_SECONDS
  const frames: PriceFrame[] = []
  for (let at = first; at < last; at += step) {
    const from = frames.length === 0 ? at : at - step
    frames.push({
      at,
      prices: {
        ETH: feedPrice(eth.openAt(at) * scale.ETH),
        BTC: feedPrice(btc.openAt(at) * scale.BTC),
        USDC: feedPrice(start.USDC),
      },
      volumes: {
        ...volume('ETH', eth.volumeBetween(from, at)),
        ...volume('BTC', btc.volumeBetween(from, at)),
      },
    })
  }
  if (frames.length < 2)
    throw new CandleFileError({
      file: dataDir,
      line: null,
      found: `${frames.length} frames that both ETH and BTC have bars for`,
      allowed: 'at least 2 between 2020-03-12 and 2020-03-14 UTC',
    })
  const gaps = [...eth.gaps, ...btc.gaps]
  const path = { name: 'black-thursday', frames, gaps }
  if (pastDays === 0) return path
  return { ...path, past: { ETH: scaled(ethPast, scale.ETH), BTC: scaled(btcPast, scale.BTC) } }
}

const scaled = (candles: readonly Candle[], by: number): readonly Candle[] =>
  candles.map((bar) => ({
    ...bar,
    open: bar.open * by,
    high: bar.high * by,
    low: bar.low * by,
    close: bar.close * by,
  }))

async function loadSeries(
  dataDir: string,
  asset: 'ETH' | 'BTC',
  from: number,
): Promise<{ readonly series: FilledSeries; readonly past: readonly Candle[] }> {
  const file = join(dataDir, `${asset}USDT_5m.csv.gz`)
  const read = await readCandles({ file, from, until: UNTIL, barSeconds: BAR_SECONDS })
  const candles = read.filter(({ at }) => at >= FROM)
  if (candles.length === 0)
    throw new CandleFileError({
      file,
      line: null,
      found: 'no bar of 2020-03-12 or 2020-03-13 UTC',
      allowed: 'bars of both days',
    })
  const series = await fillGaps({
    asset,
    candles,
    from: FROM,
    until: UNTIL,
    barSeconds: BAR_SECONDS,
    hourlyOpens: () =>
      readHourlyOpens(join(dataDir, `${asset}USDT_1h_2017_2022.csv.gz`), candles, FROM, UNTIL),
  })
  return { series, past: read.filter(({ at }) => at < FROM) }
}

function volume(asset: 'ETH' | 'BTC', value: number | null) {
  return value === null ? {} : { [asset]: value }
}
