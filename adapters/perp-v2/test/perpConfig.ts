import type { Address } from '@plimsoll/domain'
import type { PerpV2Config } from '../src/index.ts'

const at = (digit: string): Address => `0x${digit.repeat(40)}`

/** A deployment that stands nowhere. */
export const perpConfig: PerpV2Config = {
  chainId: 1,
  clearingHouse: at('a'),
  clearingHouseConfig: at('b'),
  vault: at('c'),
  accountBalance: at('d'),
  exchange: at('e'),
  marginToken: { chainId: 1, address: at('f'), symbol: 'USDC', decimals: 6, asset: 'USDC' },
  markets: [
    { name: 'ETH', asset: 'ETH', baseToken: at('1'), pool: at('2') },
    { name: 'BTC', asset: 'BTC', baseToken: at('3'), pool: at('4') },
  ],
}
