export * from './CapsConfig.ts'
export * from './createCaps.ts'
export * from './Governor.ts'
export * from './parseCapsConfig.ts'
