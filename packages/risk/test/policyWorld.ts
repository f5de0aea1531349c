import type { PolicyParameters } from '../src/policy/PolicyParameters.ts'
import { POLICY_WORLD } from '../src/policy/presets.ts'

/** The control problem of the reference figures: LT 0.8, 10 % a year, losses counted as they are. */
export function referenceProblem(
  targetLeverage: number,
  grid: PolicyParameters['grid'] = { step: 0.008, states: 165 },
): PolicyParameters {
  return {
    liquidationThreshold: 0.8,
    targetLeverage,
    trackingAversion: 0.1,
    liquidation: { closeFactor: 0.5, fullCloseHealth: 0.95, penalty: 0.06, lossWeight: 1 },
    regimes: POLICY_WORLD.regimes.map((regime) => ({ ...regime, ...REFERENCE[regime.name] })),
    grid,
  }
}

/** What the reference figures were measured with, whatever the ready tables assume today. */
const REFERENCE: Readonly<Record<string, Partial<PolicyParameters['regimes'][number]>>> = {
  calm: { jumpRate: 4, jumpSd: 0.05, stayHours: 960 },
  stress: { jumpRate: 60, jumpSd: 0.05, stayHours: 72 },
}
