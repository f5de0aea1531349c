export { createMorphoBlue, type MorphoBlueConfig } from './createMorphoBlue.ts'
export { loadMorphoBlue } from './loadMorphoBlue.ts'
export { type LoanPrice, type Market, type MarketParams, marketId } from './Market.ts'
export { morphoBlueRules } from './morphoBlueRules.ts'
