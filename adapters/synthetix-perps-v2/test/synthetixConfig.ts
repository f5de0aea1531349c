import type { Address } from '@plimsoll/domain'
import { toHex } from 'viem'
import type { SynthetixPerpsV2Config } from '../src/index.ts'

const at = (digit: string): Address => `0x${digit.repeat(40)}`
const key = (name: string) => toHex(name, { size: 32 })

/** A deployment that stands nowhere. */
export const synthetixConfig: SynthetixPerpsV2Config = {
  chainId: 1,
  addressResolver: at('a'),
  marketSettings: at('b'),
  exchanger: at('c'),
  marginToken: { chainId: 1, address: at('d'), symbol: 'sUSD', decimals: 18, asset: 'USDC' },
  markets: [
    {
      name: 'ETH-PERP',
      asset: 'ETH',
      address: at('1'),
      key: key('sETHPERP'),
      baseAsset: key('sETH'),
    },
    {
      name: 'BTC-PERP',
      asset: 'BTC',
      address: at('2'),
      key: key('sBTCPERP'),
      baseAsset: key('sBTC'),
    },
  ],
}
