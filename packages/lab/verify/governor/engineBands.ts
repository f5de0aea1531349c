import { type Bands, bandsAt, policyTable } from '@plimsoll/risk'

/** The table that the engine runs by default. */
export const TABLE = policyTable('balanced')

/** Bands by weight of stress. */
export type BandsByStress = (stress: number) => Bands

const LEVELS = 100
/** Cost of impact per equity, `k` of `k·q^1.5`, in calm: what the worlds of RISK.md charge. */
const IMPACT = 5e-4

/** What the engine does with a loan of threshold 0.8 and target leverage 2 at the costs of RISK.md Exp 2, read once per level. */
export function engineBands(): BandsByStress {
  const levels = Array.from({ length: LEVELS + 1 }, (_, level) =>
    bandsAt(TABLE, {
      liquidationThreshold: 0.8,
      targetLeverage: 2,
      gasShare: 5e-5,
      sizeShare: (IMPACT / TABLE.world.impactCoefficient) ** 2,
      proportionalCost: 1e-3,
      stress: level / LEVELS,
    }),
  )
  return (stress) => levels[Math.round(stress * LEVELS)] as Bands
}

/** The same bands always. */
export const always =
  (bands: Bands): BandsByStress =>
  () =>
    bands
