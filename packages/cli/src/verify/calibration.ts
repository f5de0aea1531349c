// pnpm verify:calibration — P(liquidation) of loans and perps drawn at random, against what real paths did to them.
import type { HorizonForecast, MarginDomain } from '@plimsoll/domain'
import {
  BARS_PER_HOUR,
  type BarSums,
  brierSkill,
  contextAt,
  createOnnxModel,
  createUniform,
  type DatedChance,
  HORIZON_HOURS,
  indexAt,
  isUsable,
  liquidationChance,
  loadModel,
  reliability,
  reliabilityLine,
} from '@plimsoll/forecast'
import { DEFAULT_MODEL } from '../model/DEFAULT_MODEL.ts'
import { givenOrData, readAll } from '../model/readBars.ts'
import { drawDomains, type Kind } from './drawDomains.ts'

const FROM = Date.UTC(2024, 5, 1) / 1000
const TO = Date.UTC(2025, 4, 31) / 1000
const STEP = 2 * 3_600
const SEED = 20_240_601
const DEADLINE_MS = 60_000
/** Days of hourly returns that the correlation of two assets is measured on, and its shrinkage to one number. */
const CORRELATION_HOURS = 240
const COMMON = 0.75

type Found = DatedChance & { readonly kind: Kind; readonly hours: number }

const { sums, market } = await readAll(givenOrData(null))
const model = await createOnnxModel(await loadModel(DEFAULT_MODEL), { deadlineMs: DEADLINE_MS })
const next = createUniform(SEED)
const found: Found[] = []
try {
  for (let time = FROM; time < TO; time += STEP) found.push(...(await originAt(time)))
} finally {
  await model.close()
}
report()

/** Draws domains at one origin and looks what became of them. */
async function originAt(time: number): Promise<readonly Found[]> {
  const usable = sums.filter((own) => {
    const i = indexAt(own.bars, time)
    const end = i + 24 * BARS_PER_HOUR
    return (
      end <= own.bars.length &&
      isUsable(own, i) &&
      own.bars.present[i - 1] === 1 &&
      // A hole or a change of venue on the way: what happened cannot be told.
      (own.count[end] ?? 0) - (own.count[i] ?? 0) >= 0.98 * 24 * BARS_PER_HOUR &&
      own.switches[end] === own.switches[i]
    )
  })
  if (usable.length < 2) return []
  const forecasts = await model.forecast(usable.map((own) => contextAt(own, market, time)))
  const prices = new Map(
    usable.map((own) => [own.bars.asset, Math.exp(own.lastClose[indexAt(own.bars, time)] ?? 0)]),
  )
  return drawDomains(prices, next).flatMap(({ kind, domain }) => {
    const hit = hoursToLiquidation(domain, usable, time)
    return HORIZON_HOURS.map((hours, h): Found => {
      const byAsset = new Map(
        usable.flatMap((own, r): [string, HorizonForecast][] => {
          const forecast = forecasts[r]?.[h]
          return forecast === undefined ? [] : [[own.bars.asset, forecast]]
        }),
      )
      return {
        kind,
        hours,
        timestamp: time,
        probability: liquidationChance({
          domain,
          prices,
          forecasts: byAsset,
          correlation: correlationOf(domain, usable, time),
          // What happened to several assets at once is known at closes only.
          updates: domain.assets.length === 1 ? null : hours * BARS_PER_HOUR,
        }),
        happened: hit <= hours,
      }
    })
  })
}

/** Hours until health falls to one: at every bar's worse end with one asset, at its close with several. */
function hoursToLiquidation(
  domain: MarginDomain,
  usable: readonly BarSums[],
  time: number,
): number {
  const moving = usable.filter((own) => domain.assets.includes(own.bars.asset))
  const price = (own: BarSums, k: number, of: 'low' | 'high' | 'close'): number => {
    const i = indexAt(own.bars, time) + k
    return own.bars.present[i] === 1
      ? (own.bars[of][i] ?? Number.NaN)
      : Math.exp(own.lastClose[i + 1] ?? Number.NaN)
  }
  const ends = moving.length === 1 ? (['low', 'high'] as const) : (['close'] as const)
  for (let k = 0; k < 24 * BARS_PER_HOUR; k++)
    for (const end of ends) {
      const there = new Map(moving.map((own) => [own.bars.asset, price(own, k, end)]))
      const health = domain.health(there)
      if (health.type === 'insolvent' || (health.type === 'solvent' && health.lnHealth <= 0))
        return (k + 1) / BARS_PER_HOUR
    }
  return Number.POSITIVE_INFINITY
}

/** Correlation of a domain's two assets over the last ten days, half of it the common one. */
function correlationOf(domain: MarginDomain, usable: readonly BarSums[], time: number): number {
  const [a, b] = usable.filter((own) => domain.assets.includes(own.bars.asset))
  if (a === undefined || b === undefined) return COMMON
  let [aa, bb, ab] = [0, 0, 0]
  for (let k = 1; k <= CORRELATION_HOURS; k++) {
    const hour = (own: BarSums): number => {
      const to = indexAt(own.bars, time) - (k - 1) * BARS_PER_HOUR
      return (own.drift[to] ?? 0) - (own.drift[to - BARS_PER_HOUR] ?? 0)
    }
    const [x, y] = [hour(a), hour(b)]
    aa += x * x
    bb += y * y
    ab += x * y
  }
  const measured = aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : COMMON
  return Math.min(0.99, Math.max(0, (measured + COMMON) / 2))
}

function report(): void {
  const line = (name: string, list: readonly Found[]): void => {
    const { slope, intercept, slopeError } = reliabilityLine(list)
    const { skill, low, high } = brierSkill(list)
    const hits = list.filter(({ happened }) => happened).length
    const mean = list.reduce((sum, { probability }) => sum + probability / list.length, 0)
    console.log(
      `${name.padEnd(22)}${String(list.length).padStart(7)}  ${pct(hits / list.length)}  ${pct(mean)}  ${slope.toFixed(3)} ± ${(1.96 * slopeError).toFixed(3)}  ${intercept.toFixed(4).padStart(8)}  ${pct(skill)} [${pct(low)}, ${pct(high)}]`,
    )
  }
  console.log(
    `${'P(liquidation)'.padEnd(22)}${'n'.padStart(7)}  happened  forecast  slope ± 95 %   intercept  Brier skill`,
  )
  const kinds: readonly Kind[] = ['loan', 'loan in kind', 'loan on two', 'perp long', 'perp short']
  for (const hours of HORIZON_HOURS) {
    const all = found.filter((each) => each.hours === hours)
    for (const kind of kinds)
      line(
        `${kind}, ${hours} h`,
        all.filter((each) => each.kind === kind),
      )
    line(
      `loans, ${hours} h`,
      all.filter(({ kind }) => kind.startsWith('loan')),
    )
    line(
      `perps, ${hours} h`,
      all.filter(({ kind }) => kind.startsWith('perp')),
    )
  }
  line('all', found)
  console.log('\nreliability at 24 h: forecast, observed, n')
  for (const { n, forecast, observed } of reliability(found.filter(({ hours }) => hours === 24)))
    console.log(`${pct(forecast)}  ${pct(observed)}  ${n}`)
}

function pct(share: number): string {
  return `${(100 * share).toFixed(2)} %`.padStart(8)
}
