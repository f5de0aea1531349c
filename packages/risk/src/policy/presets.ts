import type { PolicyAxes, PolicyWorld, RiskTolerance, StressFilter } from './PolicyTable.ts'

/** Three ways to weigh drift from the target, cost of trading and loss to liquidators. */
export const RISK_TOLERANCES = {
  conservative: { name: 'conservative', trackingAversion: 0.05, lossWeight: 4 },
  balanced: { name: 'balanced', trackingAversion: 0.1, lossWeight: 1.5 },
  aggressive: { name: 'aggressive', trackingAversion: 0.2, lossWeight: 1 },
} as const satisfies Record<string, RiskTolerance>

/**
 * The two-regime market that ready tables are solved in.
 *
 * Large collateral against dollars: volatility 50 % with spells of 130 %, in which trading is four times and gas twelve
 * times as dear and every fourth hour nothing goes through. Jumps come oftener than in the market they were fitted to
 * (17 a year on average, not 8): real ones cluster, which neither regime knows, and waiting in stress relies on them.
 */
export const POLICY_WORLD: PolicyWorld = {
  regimes: [
    {
      name: 'calm',
      volatility: 0.5,
      jumpRate: 12,
      jumpMean: -0.03,
      jumpSd: 0.05,
      stayHours: 960,
      proportionalCost: 0.001,
      gasShare: 5e-5,
      impact: 5e-4,
      failure: 0.01,
    },
    {
      name: 'stress',
      volatility: 1.3,
      jumpRate: 80,
      jumpMean: -0.03,
      jumpSd: 0.06,
      stayHours: 72,
      proportionalCost: 0.004,
      gasShare: 6e-4,
      impact: 25e-4,
      failure: 0.25,
    },
  ],
  // Square-root law `σ_D·√(q/V)` with the daily volatility of the calm regime.
  impactCoefficient: 0.026,
  penalty: { cap: 0.05, slope: 0.4, fees: 0.01 },
  partialUpTo: 0.9,
  closeFactor: 0.5,
  fullCloseHealth: 0.95,
}

/** Axes of the ready tables. */
export const POLICY_AXES: PolicyAxes = {
  liquidationThreshold: [0.6, 0.75, 0.85, 0.9, 0.92, 0.965, 0.99],
  targetLnHealth: [0.08, 0.13, 0.2, 0.3, 0.45, 0.7, 1.1],
  gasShare: [1e-6, 5e-5, 1e-3],
  sizeShare: [2e-5, 2e-3],
  proportionalCost: [5e-4, 1.2e-3, 3e-3],
  stress: [0, 1],
  place: [
    0, 0.02, 0.05, 0.09, 0.14, 0.2, 0.27, 0.35, 0.44, 0.54, 0.64, 0.74, 0.83, 0.91, 1, 1.1, 1.22,
    1.4, 1.65, 2,
  ],
}

export const STRESS_FILTER: StressFilter = { halfLifeHours: 12, midpoint: 0.7, steepness: 6 }
