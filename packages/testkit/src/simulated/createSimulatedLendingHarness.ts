import { type AssetId, price, RAY, type Token, wad } from '@plimsoll/domain'
import type { LendingHarness } from '../LendingHarness.ts'
import { createSimulatedChain } from './createSimulatedChain.ts'
import { createSimulatedLending } from './createSimulatedLending.ts'
import { createSimulatedOracle } from './createSimulatedOracle.ts'
import { balanceOf, mint } from './Ledger.ts'
import { SIMULATED_USDC, SIMULATED_WETH, simulatedAccount } from './simulatedTokens.ts'

const BANK = 10n ** 15n
const VENUE = '0x00000000000000000000000000000000001e4d00'

/** Creates the simulated money market on a chain of its own, for the conformance suite. */
export function createSimulatedLendingHarness(): LendingHarness {
  const chain = createSimulatedChain()
  const prices = new Map([
    ['ETH', price(2_000n * 10n ** 18n)],
    ['USDC', price(10n ** 18n)],
  ])
  const oracle = createSimulatedOracle({ chain, prices })
  const venue = createSimulatedLending({
    chain,
    oracle,
    address: VENUE,
    collateral: [
      {
        token: SIMULATED_WETH,
        maxLtv: wad(8n * 10n ** 17n),
        liquidationThreshold: wad(825n * 10n ** 15n),
        liquidationBonus: wad(5n * 10n ** 16n),
      },
    ],
    debt: [{ token: SIMULATED_USDC, borrowRate: RAY / 20n }],
  })
  chain.write((storage) => mint(storage, SIMULATED_USDC, VENUE, BANK))
  const liquidator = simulatedAccount(0)
  chain.fund(liquidator, SIMULATED_USDC, BANK)
  let accounts = 0

  const now = async (asset: AssetId) => oracle.priceIn(chain.at(await chain.latest()), asset)
  const balance = async (account: `0x${string}`, token: Token) =>
    balanceOf(chain.at(await chain.latest()), token, account)

  return {
    venue,
    collateral: SIMULATED_WETH,
    debt: SIMULATED_USDC,
    collateralRaw: 10n ** 19n,
    dust: 1n,
    domainOf: venue.domainOf,
    account: async () => simulatedAccount(++accounts),
    fund: async (account, token, raw) => chain.fund(account, token, raw),
    balance,
    send: async (calls, from) => chain.run(calls, from),
    latest: () => chain.latest(),
    price: now,
    async movePrice(asset, factor) {
      const scaled = (await now(asset)) * BigInt(Math.round(factor * 1e12))
      oracle.publish(asset, price(scaled / 10n ** 12n))
    },
    mine: async (seconds) => chain.mine(seconds),
    async liquidatable(account) {
      const { type } = await chain.simulate({
        from: liquidator,
        calls: [
          venue.liquidate({
            account,
            debt: SIMULATED_USDC,
            collateral: SIMULATED_WETH,
            raw: 1_000_000n,
          }),
        ],
      })
      return type === 'succeeded'
    },
    async checkpoint() {
      const restore = chain.checkpoint()
      return async () => restore()
    },
    close: async () => {},
  }
}
