import type { Liquidation } from '@plimsoll/devnet'
import { numberFromUsd } from '@plimsoll/domain'
import type { LiquidationRecord } from './DemoRecord.ts'

/** Writes a liquidation down under the name that its margin domain has for people. */
export const recordLiquidation = (
  liquidation: Liquidation,
  side: LiquidationRecord['side'],
): LiquidationRecord => ({
  side,
  venue: venueOf(liquidation),
  hash: liquidation.txHash,
  closed: numberFromUsd(liquidation.closedUsd),
  bonus: numberFromUsd(liquidation.bonusUsd),
})

function venueOf({ protocol, seized }: Liquidation): string {
  switch (protocol) {
    case 'aave-v3':
      return 'Aave v3'
    case 'morpho-blue':
      return `Morpho ${seized.token.symbol}`
    case 'perp-v2':
      return 'Perp v2'
    case 'synthetix-perps-v2':
      return `Synthetix ${seized.token.asset}`
    default:
      return protocol satisfies never
  }
}
