import type { BlockRef } from '@plimsoll/domain'
import type { ChainClient } from '@plimsoll/evm'
import { settingsAbi as abi } from './abi.ts'
import type { SynthetixMarket, SynthetixPerpsV2Config } from './config.ts'
import type { Parameters } from './risk.ts'

/** Whom is asked, and at which block. */
export type Asking = {
  readonly client: ChainClient
  readonly config: SynthetixPerpsV2Config
  readonly block: BlockRef
}

/** When an off-chain order can be filled: later than `minAge` and earlier than `maxAge` after its submission. [s] */
export type OrderWindow = { readonly minAge: bigint; readonly maxAge: bigint }

/** Reads the settings of a market, and those that all markets share. */
export async function readParameters(
  { client, config, block }: Asking,
  { key }: SynthetixMarket,
): Promise<{ readonly parameters: Parameters; readonly window: OrderWindow }> {
  const at = { address: config.marketSettings, abi, blockNumber: block.number } as const
  const [
    market,
    minKeeperFee,
    maxKeeperFee,
    liquidationFeeRatio,
    keeperLiquidationFee,
    minInitialMargin,
  ] = await Promise.all([
    client.readContract({ ...at, functionName: 'parameters', args: [key] }),
    client.readContract({ ...at, functionName: 'minKeeperFee' }),
    client.readContract({ ...at, functionName: 'maxKeeperFee' }),
    client.readContract({ ...at, functionName: 'liquidationFeeRatio' }),
    client.readContract({ ...at, functionName: 'keeperLiquidationFee' }),
    client.readContract({ ...at, functionName: 'minInitialMargin' }),
  ])
  return {
    parameters: {
      takerFee: market.takerFeeOffchainDelayedOrder,
      makerFee: market.makerFeeOffchainDelayedOrder,
      maxLeverage: market.maxLeverage,
      maxMarketValue: market.maxMarketValue,
      maxFundingVelocity: market.maxFundingVelocity,
      skewScale: market.skewScale,
      liquidationPremiumMultiplier: market.liquidationPremiumMultiplier,
      liquidationBufferRatio: market.liquidationBufferRatio,
      minKeeperFee,
      maxKeeperFee,
      liquidationFeeRatio,
      keeperLiquidationFee,
      minInitialMargin,
    },
    window: {
      minAge: market.offchainDelayedOrderMinAge,
      maxAge: market.offchainDelayedOrderMaxAge,
    },
  }
}
