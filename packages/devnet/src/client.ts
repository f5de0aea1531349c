import { createTestClient, defineChain, http, publicActions, walletActions } from 'viem'
import { CHAIN_ID } from './node/spawnAnvil.ts'

/** Where Multicall3 stands on every public chain; ours stands there too. */
export const MULTICALL3 = '0xcA11bde05977b3631167028862bE2a173976CA11'

/** The devnet as viem knows a chain. */
export const devnetChain = defineChain({
  id: CHAIN_ID,
  name: 'Plimsoll devnet',
  nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  rpcUrls: { default: { http: ['http://127.0.0.1'] } },
  contracts: { multicall3: { address: MULTICALL3 } },
})

export type DevnetClient = ReturnType<typeof createDevnetClient>

/** A client with viem's public, wallet and test actions. It polls fast and caches nothing. */
export function createDevnetClient(rpcUrl: string) {
  return createTestClient({
    mode: 'anvil',
    chain: devnetChain,
    transport: http(rpcUrl, { retryCount: 0, timeout: 60_000 }),
    pollingInterval: 20,
    cacheTime: 0,
  })
    .extend(publicActions)
    .extend(walletActions)
}
