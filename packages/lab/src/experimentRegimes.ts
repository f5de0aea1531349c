import { POLICY_WORLD, type Regime } from '@plimsoll/risk'

/**
 * Calm and stress as the reference experiment has them: fewer and smaller jumps than the ready tables are solved for.
 *
 * @see RISK.md, appendix, Exp 2
 */
export const EXPERIMENT_REGIMES: readonly Regime[] = POLICY_WORLD.regimes.map((regime) => ({
  ...regime,
  jumpRate: regime.name === 'calm' ? 4 : 60,
  jumpMean: -0.03,
  jumpSd: 0.05,
}))
