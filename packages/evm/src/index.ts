export * from './CallRule.ts'
