import { HORIZON_HOURS } from '@plimsoll/forecast'
import { type Evaluated, meanQlike } from './evaluate.ts'

/** Barriers that an agent lives by. */
const SHOWN = [
  [4, 0.02],
  [24, 0.02],
  [24, 0.05],
] as const

/** The leaderboard as text: best mean QLIKE first, then coverage, then barriers. */
export function leaderboard(
  evaluated: readonly Evaluated[],
  assets: readonly string[],
  reference: string,
): string {
  const total = ({ scores }: Evaluated): number =>
    HORIZON_HOURS.reduce((sum, hours) => sum + meanQlike(scores, assets, hours), 0)
  const sorted = evaluated.toSorted((a, b) => total(a) - total(b))
  const all = [...new Set(evaluated.flatMap(({ scores }) => scores.map(({ asset }) => asset)))]
  return [
    `QLIKE (mean of ${assets.join(', ')}), difference to ${reference} and Diebold–Mariano t by asset`,
    ...grid([
      ['model', ...HORIZON_HOURS.flatMap((h) => [`${h} h`, '%', ...assets.map((a) => `t ${a}`)])],
      ...sorted.map(({ id, scores }) => [
        id,
        ...HORIZON_HOURS.flatMap((hours) => {
          const of = (asset: string) =>
            scores.find((score) => score.asset === asset && score.hours === hours)
          const mean = meanQlike(scores, assets, hours)
          const theirs = assets.reduce((sum, asset) => {
            const score = of(asset)
            const percent = score?.versus?.percent ?? Number.NaN
            return sum + (score?.qlike ?? Number.NaN) / (1 + percent / 100) / assets.length
          }, 0)
          return [
            mean.toFixed(4),
            `${(100 * (mean / theirs - 1)).toFixed(1)}`,
            ...assets.map((asset) => (of(asset)?.versus?.t ?? Number.NaN).toFixed(1)),
          ]
        }),
      ]),
    ]),
    '',
    'Share of returns in the 99 % band / below the 1 % quantile, %',
    ...grid([
      ['model', ...HORIZON_HOURS.flatMap((h) => all.map((asset) => `${asset} ${h} h`))],
      ...sorted.map(({ id, scores }) => [
        id,
        ...HORIZON_HOURS.flatMap((hours) =>
          all.map((asset) => {
            const score = scores.find((each) => each.asset === asset && each.hours === hours)
            return score === undefined
              ? '–'
              : `${(100 * score.band99).toFixed(1)}/${(100 * score.tail1).toFixed(2)}`
          }),
        ),
      ]),
    ]),
    '',
    'Brier skill over climatology with its 95 % interval, %, all assets; and the worst ratio of observed to forecast in a bin of 500 or more at 24 h, 5 %',
    ...grid([
      ['model', ...SHOWN.map(([hours, barrier]) => `${hours} h, ${100 * barrier} %`), 'worst bin'],
      ...sorted.map(({ id, barriers }) => [
        id,
        ...SHOWN.map(([hours, barrier]) => {
          const found = barriers.find((each) => each.hours === hours && each.barrier === barrier)
          return found === undefined
            ? '–'
            : `${percent(found.skill.skill)} [${percent(found.skill.low)}, ${percent(found.skill.high)}]`
        }),
        worstBin({ barriers }).toFixed(2),
      ]),
    ]),
  ].join('\n')
}

/** Largest ratio of observed to forecast among bins of 500 or more at 24 h and 5 %. */
const worstBin = ({ barriers }: Pick<Evaluated, 'barriers'>): number =>
  Math.max(
    0,
    ...barriers
      .filter(({ hours, barrier }) => hours === 24 && barrier === 0.05)
      .flatMap(({ bins }) => bins.filter(({ n }) => n >= 500))
      .map(({ observed, forecast }) => observed / forecast),
  )

const percent = (share: number): string => (100 * share).toFixed(1)

/** Cells in aligned columns; the first is text, the others are numbers. */
function grid(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  '),
  )
}
