export * from './benchProbability.ts'
