import type { ReturnLaw } from '../src/probability/ReturnLaw.ts'

const DAY_MS = 86_400_000
const YEAR_MS = 365 * DAY_MS
export const STEP_MS = 300_000

/** Horizons of the table, each a whole number of five-minute steps. */
export const HORIZONS = [
  { name: '15 min', steps: 3 },
  { name: '1 h', steps: 12 },
  { name: '4 h', steps: 48 },
  { name: '24 h', steps: 288 },
  { name: '7 d', steps: 2016 },
] as const

export const ASSETS = ['BTC', 'ETH', 'SOL', 'LINK', 'ARB'] as const
export const STABLE = 'USDC'

/** Volatility per year. */
export const SIGMA = [0.55, 0.75, 1, 0.95, 1.2] as const

export const CORRELATION: readonly (readonly number[])[] = [
  [1, 0.85, 0.7, 0.65, 0.6],
  [0.85, 1, 0.75, 0.75, 0.7],
  [0.7, 0.75, 1, 0.65, 0.65],
  [0.65, 0.75, 0.65, 1, 0.6],
  [0.6, 0.7, 0.65, 0.6, 1],
]

/** What paths are drawn from. */
export type World = {
  readonly name: string
  /** Stationary standard deviation of ln variance, an Ornstein–Uhlenbeck process with a half-life of a day. */
  readonly volOfVolSd: number
  readonly innovationDf: number | null
  readonly jumpsPerYear: number
  readonly jumpMean: readonly number[]
  readonly jumpSd: readonly number[]
  readonly jumpCorrelation: number
}

/** Geometric Brownian motion; and stochastic volatility, jumps and Student's t: RISK.md, appendix, Exp 1. */
export const WORLDS: readonly World[] = [
  {
    name: 'GBM',
    volOfVolSd: 0,
    innovationDf: null,
    jumpsPerYear: 0,
    jumpMean: [0, 0, 0, 0, 0],
    jumpSd: [0, 0, 0, 0, 0],
    jumpCorrelation: 0,
  },
  {
    name: 'SV+jumps+t5',
    volOfVolSd: 0.892, // ν(24 h) = 0.8
    innovationDf: 5,
    jumpsPerYear: 24,
    jumpMean: [-0.02, -0.02, -0.04, -0.04, -0.04],
    jumpSd: [0.05, 0.05, 0.1, 0.1, 0.1],
    jumpCorrelation: 0.75,
  },
]

export const VOL_HALF_LIFE_MS = DAY_MS

/** The law with the world's own parameters. */
export function lawOf(world: World): ReturnLaw {
  return {
    assets: [...ASSETS, STABLE],
    variance: [...SIGMA.map((s) => [{ ms: YEAR_MS, variance: s * s }]), []],
    correlation: [...CORRELATION.map((row) => [...row, 0]), [0, 0, 0, 0, 0, 1]],
    volOfVol: { sd: world.volOfVolSd, halfLifeMs: VOL_HALF_LIFE_MS },
    jumps:
      world.jumpsPerYear === 0
        ? null
        : {
            perYear: world.jumpsPerYear,
            mean: [...world.jumpMean, 0],
            sd: [...world.jumpSd, 0],
            correlation: world.jumpCorrelation,
          },
    updateMs: STEP_MS,
    innovationDf: world.innovationDf,
  }
}
