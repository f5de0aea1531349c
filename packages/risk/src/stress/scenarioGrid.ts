import { type AssetId, InvalidInputError } from '@plimsoll/domain'
import type { Scenario, ScenarioKind } from './Scenario.ts'
import type { StressConfig } from './StressConfig.ts'

type Class = 'major' | 'alt' | 'other'

/** Extreme move of a class: OKX portfolio margin, MR6. */
const EXTREME: Readonly<Record<Class, number>> = { major: 0.24, alt: 0.36, other: 0.5 }
/** Range of a class without a forecast: OKX MR1 for majors, half of the extreme. */
const RANGE: Readonly<Record<Class, number>> = { major: 0.12, alt: 0.18, other: 0.25 }
const TAILS = [0.24, 0.36, 0.5] as const
const THIRDS = [0, 1 / 3, -1 / 3, 2 / 3, -2 / 3, 1, -1] as const
/** Width of markets: a wider one holds half of the depth, a narrower one half as much again. */
const WIDTHS = [
  { name: 'wide markets', depth: 0.5 },
  { name: 'narrow markets', depth: 1.5 },
] as const

type Mover = {
  readonly asset: AssetId
  readonly type: Class
  /** Log-return of one range. */
  readonly range: number
  readonly sigma: number
}

/**
 * Builds the default grid for a set of assets: about 40 scenarios for two volatile ones.
 *
 * - 16 like SPAN's: every volatile asset by 0, ±1/3, ±2/3 and ±1 of its own range (`rangeSigmas·σ` of a day, as a log-return), in wide and in
 *   narrow markets, and by ±2 ranges.
 * - Tails: all by ±24, ±36, ±50 %, and each by the extreme of its class.
 * - Correlation driven to 0.95: a driver by its extreme, the others by `ρ σ_i/σ_d` of its log-return; and the opposite, each
 *   asset alone, which is what hurts a hedge.
 * - Stable tokens: each 12 % below its dollar while the others stand 2 % above, and each 5 % above. Receipts: 7 % below their base,
 *   and the same with the base at its extreme.
 * - Depth down to a tenth: at rest, at −1 range, at the extreme. Marks of perps ±2 and ±5 % off the index.
 *
 * Receipts follow their base, stable tokens stand still, unless the scenario is about them.
 *
 * @param p.sigma24h - Standard deviation of a 24-hour log-return; an asset without one gets its class's range.
 * @throws {@link InvalidInputError} when a number of the configuration is out of range.
 * @see RISK.md part A; OKX "Portfolio margin mode", MR1 and MR6; CME SPAN
 */
export function scenarioGrid(p: {
  readonly assets: readonly AssetId[]
  readonly sigma24h: ReadonlyMap<AssetId, number>
  readonly config: StressConfig
}): readonly Scenario[] {
  const { config } = p
  assertConfig(config)
  const assets = [...new Set(p.assets)].sort()
  const stables = assets.filter((asset) => config.stables.includes(asset))
  const receipts = config.receipts.filter(({ asset }) => assets.includes(asset))
  const isMover = (asset: AssetId): boolean =>
    !stables.includes(asset) && !receipts.some((receipt) => receipt.asset === asset)
  const movers = [...new Set([...assets, ...receipts.map(({ base }) => base)])]
    .filter(isMover)
    .sort()
    .map((asset) => moverOf(asset, p.sigma24h, config))

  const moved = (log: (mover: Mover) => number): Record<AssetId, number> => {
    const prices: Record<AssetId, number> = {}
    for (const mover of movers) prices[mover.asset] = Math.exp(log(mover))
    for (const { asset, base } of receipts) prices[asset] = prices[base] ?? 1
    return prices
  }
  const extreme = (sign: 1 | -1) => moved(({ type }) => Math.log(1 + sign * EXTREME[type]))
  const still = {}

  const all: Scenario[] = []
  const add = (
    kind: ScenarioKind,
    name: string,
    prices: Readonly<Record<AssetId, number>>,
    change: Partial<Pick<Scenario, 'marks' | 'depth'>> = {},
  ): void => {
    all.push({ name, kind, prices, marks: {}, depth: 1, ...change })
  }

  for (const third of THIRDS)
    for (const { name, depth } of WIDTHS)
      add(
        'span',
        `${percent(third)} of range, ${name}`,
        moved(({ range }) => third * range),
        {
          depth,
        },
      )
  for (const twice of [2, -2])
    add(
      'span',
      `${percent(twice)} of range`,
      moved(({ range }) => twice * range),
    )

  for (const sign of [-1, 1] as const) {
    for (const tail of TAILS)
      add(
        'tail',
        `all ${percent(sign * tail)}`,
        moved(() => Math.log(1 + sign * tail)),
      )
    add('tail', `extreme of class ${sign < 0 ? 'down' : 'up'}`, extreme(sign))
  }

  const driver = driverOf(movers)
  if (driver !== null)
    for (const sign of [-1, 1] as const) {
      const own = Math.log(1 + sign * EXTREME[driver.type])
      add(
        'correlation',
        `${driver.asset} ${percent(sign * EXTREME[driver.type])}, correlation ${config.correlation}`,
        moved((mover) =>
          mover === driver ? own : (config.correlation * own * mover.sigma) / driver.sigma,
        ),
      )
    }
  if (movers.length > 1)
    for (const alone of movers)
      for (const sign of [-1, 1] as const)
        add(
          'alone',
          `${alone.asset} alone ${percent(sign)} of range`,
          moved((mover) => (mover === alone ? sign * alone.range : 0)),
        )

  for (const stable of stables) {
    const down = Object.fromEntries(stables.map((each) => [each, each === stable ? 0.88 : 1.02]))
    add('stable-depeg', `${stable} −12 %, other stable tokens +2 %`, down)
    add('stable-depeg', `${stable} +5 %`, { [stable]: 1.05 })
  }
  for (const { asset } of receipts) {
    add('lst-depeg', `${asset} −7 % of its base`, { [asset]: 0.93 })
    const fallen = extreme(-1)
    add('lst-depeg', `${asset} −7 % of its base, extreme down`, {
      ...fallen,
      [asset]: 0.93 * (fallen[asset] ?? 1),
    })
  }

  add('depth', 'depth −90 %', still, { depth: 0.1 })
  add(
    'depth',
    'depth −90 %, −100 % of range',
    moved(({ range }) => -range),
    { depth: 0.1 },
  )
  add('depth', 'depth −90 %, extreme down', extreme(-1), { depth: 0.1 })
  for (const off of [-0.05, -0.02, 0.02, 0.05])
    add('mark-index', `marks ${percent(off)} off the index`, still, {
      marks: Object.fromEntries(movers.map(({ asset }) => [asset, 1 + off])),
    })
  return all
}

function moverOf(
  asset: AssetId,
  sigmas: ReadonlyMap<AssetId, number>,
  config: StressConfig,
): Mover {
  const type: Class = config.majors.includes(asset)
    ? 'major'
    : config.alts.includes(asset)
      ? 'alt'
      : 'other'
  const sigma = sigmas.get(asset)
  if (sigma === undefined || sigma === 0) {
    const range = -Math.log(1 - RANGE[type])
    return { asset, type, range, sigma: range / config.rangeSigmas }
  }
  if (!(sigma > 0) || !Number.isFinite(sigma))
    throw new InvalidInputError({
      field: `sigma24h of ${asset}`,
      found: sigma,
      allowed: 'a finite number, zero or more',
    })
  return { asset, type, range: config.rangeSigmas * sigma, sigma }
}

/** The calmest of the majors, or of all where there is none: what the others are multiples of. */
function driverOf(movers: readonly Mover[]): Mover | null {
  const majors = movers.filter(({ type }) => type === 'major')
  const of = majors.length > 0 ? majors : movers
  return of.reduce<Mover | null>(
    (calmest, each) => (calmest === null || each.sigma < calmest.sigma ? each : calmest),
    null,
  )
}

const percent = (share: number): string =>
  `${share < 0 ? '−' : '+'}${Number(Math.abs(share * 100).toPrecision(3))} %`

function assertConfig(config: StressConfig): void {
  if (!(config.rangeSigmas > 0) || !Number.isFinite(config.rangeSigmas))
    throw new InvalidInputError({
      field: 'stress.rangeSigmas',
      found: config.rangeSigmas,
      allowed: 'a finite number above 0',
    })
  if (!(config.correlation >= 0 && config.correlation <= 1))
    throw new InvalidInputError({
      field: 'stress.correlation',
      found: config.correlation,
      allowed: 'from 0 to 1',
    })
  const twice = config.receipts.find(
    ({ asset }, i) => config.receipts.findIndex((other) => other.asset === asset) !== i,
  )
  if (twice !== undefined)
    throw new InvalidInputError({
      field: 'stress.receipts',
      found: `${twice.asset} twice`,
      allowed: 'one base a receipt',
    })
}
