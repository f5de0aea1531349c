export { CACHE_DIR } from '@plimsoll/contracts'
export { type Accounts, ownerAt, privateKeyOf, ROLES, type Role } from './accounts.ts'
export { link, loadArtifact, type ProtocolArtifact } from './artifacts.ts'
export { known, openChain, type TestChain } from './bench/openChain.ts'
export { createDevnetClient, type DevnetClient, devnetChain, MULTICALL3 } from './client.ts'
export * from './deploy/market.ts'
export * from './deployment.ts'
export * from './errors.ts'
export { anvilVersion } from './node/anvilBinary.ts'
export { type Devnet, type DevnetOptions, loadDeployment, startDevnet } from './startDevnet.ts'
export type { PendingOrder } from './world/createOrderKeeper.ts'
export { createWorld, type World, type WorldOptions } from './world/createWorld.ts'
export { CandleFileError, PathEndedError } from './world/errors.ts'
export { loadBlackThursday } from './world/loadBlackThursday.ts'
export { DEFAULT_PORTFOLIO, openPortfolio, type PortfolioPlan } from './world/openPortfolio.ts'
export type { PathGap, PriceFrame, PricePath } from './world/PricePath.ts'
export type { Candle } from './world/readCandles.ts'
export { type SyntheticCrash, syntheticCrash } from './world/syntheticCrash.ts'
export type {
  Liquidation,
  OrderExecution,
  PositionFlag,
  Refusal,
  WorldFrame,
  WorldTrade,
} from './world/WorldFrame.ts'
