import { InvalidInputError } from '@plimsoll/domain'
import type { ReturnLaw, VarianceKnot } from './ReturnLaw.ts'

/** Checks every number of a law of returns. @throws {@link InvalidInputError} naming the first that is out of range. */
export function assertReturnLaw(law: ReturnLaw): void {
  const n = law.assets.length
  const check = (field: string, found: unknown, fine: boolean, allowed: string): void => {
    if (!fine) throw new InvalidInputError({ field: `law ${field}`, found, allowed })
  }
  const finite = (x: number, from: number) => Number.isFinite(x) && x >= from
  check('variance', law.variance.length, law.variance.length === n, `${n} curves, one by asset`)
  for (const [i, knots] of law.variance.entries()) {
    let from: VarianceKnot = { ms: 0, variance: 0 }
    for (const knot of knots) {
      const rises = knot.ms > from.ms && finite(knot.variance, from.variance)
      check(
        `variance of ${law.assets[i]}`,
        `${knot.variance} at ${knot.ms} ms`,
        rises && Number.isFinite(knot.ms),
        'finite numbers, later knots no smaller',
      )
      from = knot
    }
  }
  if (typeof law.correlation === 'number')
    check(
      'correlation',
      law.correlation,
      law.correlation <= 1 && law.correlation * Math.max(1, n - 1) >= -1,
      'at most 1, and −1/(n − 1) or more',
    )
  else {
    check('correlation', law.correlation.length, law.correlation.length === n, `${n} rows`)
    for (const [i, row] of law.correlation.entries())
      for (let j = 0; j < n; j++)
        check(
          `correlation of ${law.assets[i]} and ${law.assets[j]}`,
          row[j],
          Math.abs(row[j] ?? Number.NaN) <= 1 &&
            (i !== j || row[j] === 1) &&
            row[j] === law.correlation[j]?.[i],
          'symmetric, −1 to 1, 1 with itself',
        )
  }
  check('volOfVol sd', law.volOfVol.sd, finite(law.volOfVol.sd, 0), '0 or more')
  check(
    'volOfVol halfLifeMs',
    law.volOfVol.halfLifeMs,
    finite(law.volOfVol.halfLifeMs, 1),
    '1 ms or more',
  )
  check('updateMs', law.updateMs, finite(law.updateMs, 1), '1 ms or more')
  const df = law.innovationDf
  check('innovationDf', df, df === null || finite(df, 4.000001), 'above 4, or null')
  if (law.jumps === null) return
  const { perYear, mean, sd, correlation } = law.jumps
  check('jumps perYear', perYear, finite(perYear, 0) && perYear <= 1e5, '0 to 100000')
  check('jumps mean', mean, mean.length === n && mean.every(Number.isFinite), `${n} numbers`)
  check('jumps sd', sd, sd.length === n && sd.every((x) => finite(x, 0)), `${n} numbers, 0 or more`)
  check('jumps correlation', correlation, finite(correlation, 0) && correlation <= 1, '0 to 1')
}
