import type { HorizonCalibration, StandardLaw } from '../model/Manifest.ts'

const RETURNS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995]
const EXCURSIONS = [0.9, 0.75, 0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.002]

/** Levels that laws are measured at. */
export const STANDARD_LEVELS = { returns: RETURNS, excursions: EXCURSIONS }

/**
 * Measured: returns and extremes of BTC, ETH, SOL and AAVE in units of HAR-X's sigma, January 2022 to May 2024, mean over
 * 1, 4 and 24 hours.
 */
const law: StandardLaw = {
  levels: STANDARD_LEVELS,
  returns: [
    -3.327, -2.685, -1.936, -1.463, -1.031, -0.492, -0.003, 0.487, 1.034, 1.46, 1.937, 2.68, 3.391,
  ],
  fall: [0.102, 0.259, 0.548, 0.978, 1.562, 2.073, 2.682, 3.602, 4.404, 5.777],
  rise: [0.099, 0.25, 0.525, 0.94, 1.499, 1.971, 2.518, 3.402, 4.22, 5.5],
}

/** What is taken for a law where a model knows none; the heaviest tails of the three horizons. */
export const STANDARD_LAW = {
  law,
  fallTail: 2.91,
  riseTail: 2.97,
} as const satisfies Pick<HorizonCalibration, 'law' | 'fallTail' | 'riseTail'>
