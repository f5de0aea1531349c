import type { Address, CallContext, LendingPosition, MarginIntent, Token } from '@plimsoll/domain'
import { maxUint256, parseAbi } from 'viem'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { domainIdOf } from '../src/index.ts'
import { type AaveChain, startAave } from './aaveChain.ts'

const adminAbi = parseAbi([
  'function setEModeCategory(uint8 id, uint16 ltv, uint16 threshold, uint16 bonus, address oracle, string label)',
  'function setReserveStableRateBorrowing(address asset, bool enabled)',
  'function configureReserveAsCollateral(address asset, uint256 ltv, uint256 threshold, uint256 bonus)',
  'function setReservePause(address asset, bool paused)',
  'function setPriceOracle(address oracle)',
])

/** Gives the tests of a file a pool on a chain of their own, which each of them finds as it was at the start. */
export function useAave() {
  let started: AaveChain
  let restore: () => Promise<void>
  beforeAll(async () => {
    started = await startAave()
  })
  afterAll(() => started?.close())
  beforeEach(async () => {
    restore = await started.checkpoint()
  })
  afterEach(() => restore())

  const on = {
    get chain(): AaveChain {
      return started
    },
    get weth(): Token {
      return started.tokens.WETH
    },
    get wbtc(): Token {
      return started.tokens.WBTC
    },
    get usdc(): Token {
      return started.tokens.USDC
    },
    pool: (): Address => started.aave.config.pool,
    configurator: (): Address => started.devnet.deployment.aave.poolConfigurator,

    async read(account: Address, venue = started.aave): Promise<LendingPosition> {
      const [position] = await venue.read(account, await started.latest())
      expect(position).toBeDefined()
      return position as LendingPosition
    },

    intent: (
      type: MarginIntent['type'],
      account: Address,
      token: Token,
      raw: bigint,
    ): MarginIntent => ({
      type,
      venue: started.aave.id,
      domain: domainIdOf(on.pool(), account),
      token,
      raw,
    }),

    context: (owner: Address, sender = owner): CallContext => ({
      owner,
      sender,
      deadline: maxUint256,
    }),

    /** Sends the calls of one intent. */
    async act(
      type: MarginIntent['type'],
      p: {
        readonly owner: Address
        readonly sender?: Address
        readonly token: Token
        readonly raw: bigint
      },
    ) {
      const sender = p.sender ?? p.owner
      const what = on.intent(type, p.owner, p.token, p.raw)
      return started.send(started.aave.encode(what, on.context(p.owner, sender)), sender)
    },

    /** An account that holds and owes whole tokens. */
    async open(
      holdings: readonly (readonly [Token, number])[],
      debts: readonly (readonly [Token, number])[],
    ): Promise<Address> {
      const owner = await started.account()
      for (const [token, amount] of holdings) {
        const raw = whole(token, amount)
        await started.fund(owner, token, raw)
        expect(await on.act('supply', { owner, token, raw })).toEqual({ type: 'settled' })
      }
      for (const [token, amount] of debts) {
        const raw = whole(token, amount)
        expect(await on.act('borrow', { owner, token, raw })).toEqual({ type: 'settled' })
      }
      return owner
    },

    /** Sends a transaction of the pool's administrator. */
    admin: (to: Address, name: string, args: readonly unknown[]) =>
      started.transact(started.devnet.accounts.deployer.address, to, adminAbi, name, args),
  }
  return on
}

/** Whole tokens in raw units. */
export const whole = (token: Token, amount: number): bigint =>
  BigInt(Math.round(amount * 1e6)) * 10n ** BigInt(token.decimals - 6)

/** Oracle prices of a position. */
export const pricesOf = (position: LendingPosition): ReadonlyMap<string, number> =>
  new Map(position.collateral.map((leg) => [leg.token.asset, Number(leg.oraclePrice) / 1e18]))

/** What an account sets for itself. */
export const accountAbi = parseAbi([
  'function setUserUseReserveAsCollateral(address asset, bool useAsCollateral)',
  'function setUserEMode(uint8 category)',
])
