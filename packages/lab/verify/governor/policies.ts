import type { BandsByStress } from './engineBands.ts'

/** What an agent sees when it decides. */
type View = {
  readonly lnHealth: number
  /** Volatility of a day: a quarter the last hour's, 35 % the last six hours', the rest the usual one. */
  readonly sigma: number
  /** Weight of stress that the engine's table gives to the volatility of the last half day. */
  readonly stress: number
}

/** Log-health to restore; null to hold. */
export type Policy = (view: View) => number | null

/** Bands of a threshold policy: act below `low`, restore `target`. */
type Thresholds = { readonly low: number; readonly target: number }

/** Health 1.3 → 1.6, whatever the market. */
export const staticPolicy =
  ({ low, target }: Thresholds = { low: 1.3, target: 1.6 }): Policy =>
  ({ lnHealth }) =>
    lnHealth < Math.log(low) ? Math.log(target) : null

/** P(liquidation within 24 h) above 2 % is brought to 0.2 %. */
export const volTimed: Policy = ({ lnHealth, sigma }) =>
  oddsOf(lnHealth, sigma) > 0.02 ? sigma * Z_TARGET : null

/** −Φ⁻¹(0.001): where twice the tail is 0.2 %. */
const Z_TARGET = 3.090232306167813

/** What the engine's policy table says. */
export const bandPolicy =
  (bands: BandsByStress): Policy =>
  ({ lnHealth, stress }) => {
    const { deleverBelow, deleverTo } = bands(stress)
    return deleverBelow !== null && lnHealth < deleverBelow ? deleverTo : null
  }

/** Driftless P(hit within 24 h) by reflection: `2Φ(−b/σ)`; 1 at and below the barrier. */
export const oddsOf = (lnHealth: number, sigma: number): number =>
  lnHealth <= 0 ? 1 : erfc(lnHealth / (sigma * Math.SQRT2))

/** Complementary error function for x ≥ 0, error below 1.2e-7. @see Press et al., Numerical Recipes, erfcc */
function erfc(x: number): number {
  const t = 1 / (1 + 0.5 * x)
  const poly =
    -1.26551223 +
    t *
      (1.00002368 +
        t *
          (0.37409196 +
            t *
              (0.09678418 +
                t *
                  (-0.18628806 +
                    t *
                      (0.27886807 +
                        t *
                          (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))))
  return t * Math.exp(-x * x + poly)
}
