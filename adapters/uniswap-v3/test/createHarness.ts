import { openChain, type TestChain } from '@plimsoll/devnet'
import type { SwapHarness } from '@plimsoll/testkit'
import { loadUniswapV3, type Pool, type UniswapV3Config } from '../src/index.ts'

/** The devnet's WETH and WBTC pools as the adapter is told of them. */
export function configOf({ devnet, client, tokens }: TestChain): UniswapV3Config {
  const { chainId, deployment } = devnet
  const { quoterV2, swapRouter02 } = deployment.uniswap
  const pools = deployment.uniswap.pools.map(({ address, fee, token0, token1 }): Pool => {
    const base = tokens[token0 === 'USDC' ? token1 : token0]
    return { address, fee, base, quote: tokens.USDC }
  })
  return { client, chainId, quoterV2, swapRouter02, pools }
}

/** The WETH/USDC pool of a devnet behind the swap suite. */
export async function createHarness(): Promise<SwapHarness> {
  const chain = await openChain()
  const { devnet, tokens } = chain
  return {
    ...chain,
    venue: await loadUniswapV3(configOf(chain)),
    base: tokens.WETH,
    quote: tokens.USDC,
    stranger: { ...tokens.WBTC, address: devnet.deployment.aave.reserves.WBTC.aToken },
    baseRaw: 20n * 10n ** 18n,
    mine: (seconds) => devnet.mine(seconds),
    close: () => devnet.stop(),
  }
}
