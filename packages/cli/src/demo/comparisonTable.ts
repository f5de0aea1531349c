import { alignedTable } from './alignedTable.ts'
import {
  type Comparison,
  differenceOf,
  FIGURES,
  type Figure,
  figuresOf,
  meanOf,
} from './compareEngines.ts'
import { ENGINE_NAMES, type EngineName } from './demoEngine.ts'
import { money } from './money.ts'

/** Engines side by side, their first the yardstick. */
export function comparisonTable(comparison: Comparison): string {
  const { engines, seeds, scenario } = comparison
  const [first, ...others] = engines
  if (first === undefined) return ''
  const many = seeds.length > 1
  const header = [
    many ? `mean of ${seeds.length} runs` : '',
    ...engines.map((engine) => ENGINE_NAMES[engine]),
    ...others.map((engine) => `${engine} − ${first}${many ? ' (95 % interval)' : ''}`),
  ]
  const figures = Object.keys(FIGURES) as Figure[]
  const rows = [
    header,
    [
      'liquidations',
      ...engines.map((engine) => String(count(comparison, engine, 'liquidations'))),
      ...others.map(() => ''),
    ],
    ...figures.map((figure) => [
      figure,
      ...engines.map((engine) => money(meanOf(comparison, engine, figure))),
      ...others.map((other) => difference(comparison, [first, other], figure)),
    ]),
    [
      'transactions',
      ...engines.map((engine) =>
        (count(comparison, engine, 'transactions') / seeds.length).toFixed(many ? 1 : 0),
      ),
      ...others.map(() => ''),
    ],
  ]
  return [`${scenario}, seed${many ? 's' : ''} ${range(seeds)}`, '', ...alignedTable(rows)].join(
    '\n',
  )
}

function difference(
  comparison: Comparison,
  pair: readonly [EngineName, EngineName],
  figure: Figure,
): string {
  const { value, low, high } = differenceOf(comparison, pair, figure)
  const base = meanOf(comparison, pair[0], figure)
  const share = Math.abs(base) > 0.5 ? `, ${signed((100 * value) / Math.abs(base))} %` : ''
  return comparison.seeds.length === 1
    ? `${money(value)}${share}`
    : `${money(value)} (${money(low)} to ${money(high)})${share}`
}

const count = (
  { runs }: Comparison,
  engine: EngineName,
  what: 'liquidations' | 'transactions',
): number =>
  runs
    .filter((run) => run.engine === engine)
    .reduce((sum, { record }) => sum + record.result.agent[what], 0)

const signed = (value: number): string => `${value > 0 ? '+' : ''}${value.toFixed(1)}`

const range = (seeds: readonly number[]): string =>
  seeds.length > 1 ? `${seeds[0]} to ${seeds.at(-1)}` : String(seeds[0])

/** One object per engine, for machines. */
export function comparisonJson(comparison: Comparison): readonly unknown[] {
  const { engines, seeds, scenario, runs } = comparison
  const [first] = engines
  return engines.map((engine) => ({
    type: 'result',
    engine: ENGINE_NAMES[engine],
    scenario,
    seeds,
    mean: Object.fromEntries(
      (Object.keys(FIGURES) as Figure[]).map((figure) => [
        figure,
        meanOf(comparison, engine, figure),
      ]),
    ),
    perSeed: [...figuresOf(comparison, engine, 'total cost')],
    ...(first === undefined || engine === first
      ? {}
      : {
          against: ENGINE_NAMES[first],
          difference: Object.fromEntries(
            (Object.keys(FIGURES) as Figure[]).map((figure) => [
              figure,
              differenceOf(comparison, [first, engine], figure),
            ]),
          ),
        }),
    runs: runs
      .filter((run) => run.engine === engine)
      .map(({ seed, record }) => ({ seed, ...record.result.agent })),
  }))
}
