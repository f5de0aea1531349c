export * from './createEwma.ts'
export * from './loadEwma.ts'
