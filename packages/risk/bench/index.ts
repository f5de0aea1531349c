export * from './benchAssessment.ts'
export * from './benchProbability.ts'
export * from './benchStress.ts'
