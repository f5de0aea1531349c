export type { SynthetixMarket, SynthetixPerpsV2Config } from './config.ts'
export { createSynthetixPerpsV2 } from './createSynthetixPerpsV2.ts'
export { InvalidPriceError, LaggingNodeError, UnsupportedAccountError } from './errors.ts'
export {
  type LoadedSynthetixPerpsV2,
  loadSynthetixPerpsV2,
  type SynthetixPerpsV2Input,
} from './loadSynthetixPerpsV2.ts'
export { synthetixPerpsV2Rules } from './synthetixPerpsV2Rules.ts'
