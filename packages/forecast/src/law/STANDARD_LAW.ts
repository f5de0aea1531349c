import type { HorizonCalibration, StandardLaw } from '../model/Manifest.ts'

const RETURNS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995]
const EXCURSIONS = [0.9, 0.75, 0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.002]

/** Levels that laws are measured at. */
export const STANDARD_LEVELS = { returns: RETURNS, excursions: EXCURSIONS }

const law: StandardLaw = {
  levels: STANDARD_LEVELS,
  returns: [-3, -2.6, -2, -1.6, -1.1, -0.5, 0, 0.5, 1.1, 1.6, 2, 2.6, 3],
  fall: [0.1, 0.3, 0.6, 1.1, 1.7, 2.1, 2.5, 3, 3.5, 4.1],
  rise: [0.1, 0.3, 0.6, 1.1, 1.7, 2.1, 2.5, 3, 3.5, 4.1],
}

/** What is taken for a law where a model knows none. */
export const STANDARD_LAW = {
  law,
  fallTail: 4,
  riseTail: 4,
} as const satisfies Pick<HorizonCalibration, 'law' | 'fallTail' | 'riseTail'>
