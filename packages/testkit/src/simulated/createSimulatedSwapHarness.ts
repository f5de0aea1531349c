import type { SwapHarness } from '../SwapHarness.ts'
import { createSimulatedChain } from './createSimulatedChain.ts'
import { createSimulatedSwap } from './createSimulatedSwap.ts'
import { balanceOf } from './Ledger.ts'
import {
  SIMULATED_USDC,
  SIMULATED_WBTC,
  SIMULATED_WETH,
  simulatedAccount,
} from './simulatedTokens.ts'

/** Creates the simulated pool on a chain of its own, for the conformance suite. */
export function createSimulatedSwapHarness(): SwapHarness {
  const chain = createSimulatedChain()
  const venue = createSimulatedSwap({
    chain,
    address: '0x0000000000000000000000000000000000005a90',
    base: SIMULATED_WETH,
    quote: SIMULATED_USDC,
    reserveBase: 5_000n * 10n ** 18n,
    reserveQuote: 10_000_000n * 10n ** 6n,
  })
  let accounts = 0
  return {
    venue,
    base: SIMULATED_WETH,
    quote: SIMULATED_USDC,
    stranger: SIMULATED_WBTC,
    baseRaw: 10n ** 19n,
    account: async () => simulatedAccount(++accounts),
    fund: async (account, token, raw) => chain.fund(account, token, raw),
    balance: async (account, token) => balanceOf(chain.at(await chain.latest()), token, account),
    send: async (calls, from) => chain.run(calls, from),
    latest: () => chain.latest(),
    mine: async (seconds) => chain.mine(seconds),
    async checkpoint() {
      const restore = chain.checkpoint()
      return async () => restore()
    },
    close: async () => {},
  }
}
