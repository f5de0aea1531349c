import { price } from '@plimsoll/domain'
import {
  type LendingHarness,
  SIMULATED_USDC,
  SIMULATED_WETH,
  simulatedAccount,
} from '@plimsoll/testkit'
import { encodeFunctionData, erc20Abi } from 'viem'
import { createPondVenue } from '../src/createPondVenue.ts'
import { createPond } from '../src/pond/createPond.ts'
import { pondAbi } from '../src/pond/runPond.ts'

const POND = `0x${'d'.repeat(40)}` as const
const BANK = 10n ** 15n

/** Creates the pond for the conformance suite: what the chain says of it, past the adapter. */
export function createPondHarness(): LendingHarness {
  const [collateral, debt] = [SIMULATED_WETH, SIMULATED_USDC]
  const pond = createPond(
    { address: POND, collateral, loan: debt },
    { collateral: 2_000_00000000n, loan: 1_00000000n },
  )
  const liquidator = simulatedAccount(0)
  let accounts = 0
  pond.mint(POND, debt, BANK)
  pond.mint(liquidator, debt, BANK)
  const venue = createPondVenue(pond)

  return {
    venue,
    collateral,
    debt,
    collateralRaw: 10n ** 19n,
    dust: 2n,
    domainOf: (account) => `${venue.id}/${account.toLowerCase()}`,
    account: async () => simulatedAccount(++accounts),
    fund: async (account, token, raw) => pond.mint(account, token, raw),
    balance: async (account, token) => pond.balance(account, token),
    async send(calls, from) {
      for (const [index, call] of calls.entries()) {
        const receipt = await pond.send(call, from)
        if (receipt.type === 'reverted') return { ...receipt, index }
      }
      return { type: 'settled' }
    },
    latest: () => pond.latest(),
    async price(asset) {
      const prices = pond.prices()
      return price((asset === collateral.asset ? prices.collateral : prices.loan) * 10n ** 10n)
    },
    async movePrice(asset, factor) {
      const moved = (from: bigint) => (from * BigInt(Math.round(factor * 1e12))) / 10n ** 12n
      const prices = pond.prices()
      pond.setPrices(
        asset === collateral.asset
          ? { ...prices, collateral: moved(prices.collateral) }
          : { ...prices, loan: moved(prices.loan) },
      )
    },
    mine: async (seconds) => pond.mine(seconds),
    async liquidatable(account) {
      const undo = pond.checkpoint()
      const approval = encodeFunctionData({
        abi: erc20Abi,
        functionName: 'approve',
        args: [POND, BANK],
      })
      const data = encodeFunctionData({
        abi: pondAbi,
        functionName: 'liquidate',
        args: [account, 1_000_000n],
      })
      await pond.send({ to: debt.address, data: approval }, liquidator)
      const receipt = await pond.send({ to: POND, data }, liquidator)
      undo()
      return receipt.type === 'settled'
    },
    async checkpoint() {
      const undo = pond.checkpoint()
      return async () => undo()
    },
    close: async () => {},
  }
}
