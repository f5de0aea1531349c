import {
  type Address,
  type Call,
  type CallContext,
  type CollateralLeg,
  type DebtLeg,
  type DomainId,
  InvalidIntentError,
  type LendingPosition,
  type LendingVenue,
  least,
  lendingDomain,
  MAX_HEALTH_FACTOR,
  type MarginIntent,
  type MarginQuote,
  mulDivDown,
  mulDivUp,
  numberFromRaw,
  RAY,
  RevertedError,
  ray,
  sameAddress,
  type Token,
  usd,
  valueDown,
  valueUp,
  WAD,
  type Wad,
  wad,
} from '@plimsoll/domain'
import type { SimulatedChain } from './createSimulatedChain.ts'
import type { SimulatedOracle } from './createSimulatedOracle.ts'
import { add, load, type Message, move, type Storage, slot } from './Ledger.ts'
import { decodeRevertOf, encodeCall, SimulatedRevert } from './simulatedCall.ts'

/** A token that backs loans. */
export type SimulatedCollateral = {
  readonly token: Token
  readonly maxLtv: Wad
  readonly liquidationThreshold: Wad
  readonly liquidationBonus: Wad
}

/** A token that is lent. */
export type SimulatedDebt = {
  readonly token: Token
  /** Yearly, simple. [RAY] */
  readonly borrowRate: bigint
}

/** A money market in memory. */
export type SimulatedLending = LendingVenue & {
  readonly address: Address
  domainOf(account: Address): DomainId
  /** Call by which a liquidator repays debt of an account and takes collateral at the bonus. */
  liquidate(p: {
    readonly account: Address
    readonly debt: Token
    readonly collateral: Token
    readonly raw: bigint
  }): Call
}

const YEAR = 31_536_000n
/** Shares of one unit of debt while the index is 1: enough that rounding to shares costs no unit. */
const SHARES = 10n ** 9n
const CLOSE_FACTOR = wad(WAD / 2n)

/**
 * Creates a money market of Aave's design: one account over many tokens, debt in shares of a growing index,
 * withdrawals down to health 1, loans up to the maximum ltv, half of the debt per liquidation.
 */
export function createSimulatedLending(p: {
  readonly chain: SimulatedChain
  readonly oracle: SimulatedOracle
  readonly address: Address
  readonly collateral: readonly SimulatedCollateral[]
  readonly debt: readonly SimulatedDebt[]
}): SimulatedLending {
  const { chain, oracle, address } = p
  const id = `simulated-lending:${address}`
  const domainOf = (account: Address): DomainId => `${id}/${account.toLowerCase()}`
  const held = (account: Address, token: Token): string =>
    slot(address, 'collateral', account, token.address)
  const shares = (account: Address, token: Token): string =>
    slot(address, 'shares', account, token.address)
  const delegated = (account: Address, delegate: Address): string =>
    slot(address, 'delegate', account, delegate)
  const refuse = (reason: string) => new SimulatedRevert(address, reason)
  const indexOf = (rate: bigint, time: bigint): bigint => RAY + (rate * time) / YEAR

  const positionIn = (storage: Storage, account: Address, time: bigint): LendingPosition => {
    const collateral = p.collateral.map(({ token, ...terms }): CollateralLeg => {
      const raw = load(storage, held(account, token))
      const oraclePrice = oracle.priceIn(storage, token.asset)
      const value = valueDown(raw, token.decimals, oraclePrice)
      return { token, raw, oraclePrice, value, ...terms, supplyRate: ray(0n) }
    })
    const debt = p.debt.map(({ token, borrowRate }): DebtLeg => {
      const owed = load(storage, shares(account, token))
      const raw = mulDivUp(owed, indexOf(borrowRate, time), RAY * SHARES)
      const oraclePrice = oracle.priceIn(storage, token.asset)
      const value = valueUp(raw, token.decimals, oraclePrice)
      return { token, raw, oraclePrice, value, borrowRate: ray(borrowRate) }
    })
    return {
      type: 'lending',
      venue: id,
      domain: domainOf(account),
      account,
      collateral,
      debt,
      healthFactor: healthFactor(collateral, debt),
      closeFactor: CLOSE_FACTOR,
    }
  }

  /** Refusal of the venue's own rules on the position as it would be; null when it stands. */
  const objection = (type: MarginIntent['type'], after: LendingPosition): string | null => {
    const owed = after.debt.reduce((sum, leg) => sum + leg.value, 0n)
    if (owed === 0n || type === 'supply' || type === 'repay') return null
    if (after.healthFactor < WAD) return 'HEALTH_FACTOR_TOO_LOW'
    const limit = after.collateral.reduce((sum, leg) => sum + leg.value * leg.maxLtv, 0n)
    return type === 'borrow' && owed * WAD > limit ? 'COLLATERAL_CANNOT_COVER_BORROW' : null
  }

  const run = ({ storage, sender, method, args, time, call: _ }: Message): void => {
    if (method === 'authorize') {
      storage.set(delegated(sender, args.delegate as Address), 1n)
      return
    }
    const owner = args.owner as Address
    const raw = args.raw as bigint
    const token = [...p.collateral, ...p.debt].find((each) =>
      sameAddress(each.token.address, args.token as Address),
    )?.token
    if (token === undefined) throw refuse('TOKEN_NOT_LISTED')
    const rate = p.debt.find((each) => each.token === token)?.borrowRate ?? 0n
    const index = indexOf(rate, time)
    const mayAct = sameAddress(sender, owner) || load(storage, delegated(owner, sender)) === 1n

    /** Takes debt away; returns what it cost. */
    const payBack = (most: bigint): bigint => {
      const owed = load(storage, shares(owner, token))
      const full = mulDivUp(owed, index, RAY * SHARES)
      const paid = least(most, full)
      const gone = paid === full ? owed : mulDivDown(paid, RAY * SHARES, index)
      move(storage, token, { from: sender, to: address, raw: paid })
      add(storage, shares(owner, token), -gone)
      return paid
    }

    switch (method) {
      case 'supply':
        move(storage, token, { from: sender, to: address, raw })
        add(storage, held(owner, token), raw)
        return
      case 'repay':
        payBack(raw)
        return
      case 'withdraw':
        if (!mayAct) throw refuse('NOT_AUTHORIZED')
        if (load(storage, held(owner, token)) < raw) throw refuse('MORE_THAN_HELD')
        add(storage, held(owner, token), -raw)
        break
      case 'borrow':
        if (!mayAct) throw refuse('NOT_AUTHORIZED')
        add(storage, shares(owner, token), mulDivUp(raw, RAY * SHARES, index))
        break
      case 'liquidate': {
        const before = positionIn(storage, owner, time)
        if (before.healthFactor >= WAD) throw refuse('HEALTH_FACTOR_NOT_BELOW_THRESHOLD')
        const leg = before.debt.find((each) => each.token === token)
        const seized = before.collateral.find((each) =>
          sameAddress(each.token.address, args.collateral as Address),
        )
        if (leg === undefined || seized === undefined) throw refuse('TOKEN_NOT_LISTED')
        const most = mulDivDown(leg.raw, CLOSE_FACTOR, WAD)
        const paid = payBack(least(raw, most))
        const value = valueDown(paid, token.decimals, leg.oraclePrice)
        const premium = mulDivDown(value, WAD + seized.liquidationBonus, WAD)
        const wanted = mulDivDown(
          premium,
          10n ** BigInt(seized.token.decimals + 10),
          seized.oraclePrice,
        )
        const taken = least(wanted, seized.raw)
        add(storage, held(owner, seized.token), -taken)
        move(storage, seized.token, { from: address, to: sender, raw: taken })
        return
      }
      default:
        throw refuse(`UNKNOWN_METHOD_${method}`)
    }
    const objected = objection(method, positionIn(storage, owner, time))
    if (objected !== null) throw refuse(objected)
    move(storage, token, { from: address, to: sender, raw })
  }
  chain.deploy({ address, run })

  const assertKnown = (intent: MarginIntent, account: Address): Token => {
    const list = intent.type === 'supply' || intent.type === 'withdraw' ? p.collateral : p.debt
    const token = list.find((each) => sameAddress(each.token.address, intent.token.address))?.token
    const found =
      intent.venue !== id
        ? `venue ${intent.venue}`
        : intent.domain !== domainOf(account)
          ? `domain ${intent.domain}`
          : `${intent.token.symbol} ${intent.token.address}`
    if (found !== `${token?.symbol} ${intent.token.address}` || token === undefined)
      throw new InvalidIntentError({
        venue: id,
        intent: intent.type,
        found,
        allowed: `${domainOf(account)} and ${list.map((each) => each.token.symbol).join(', ')}`,
      })
    return token
  }

  return {
    id,
    address,
    capabilities: ['supply', 'withdraw', 'borrow', 'repay', 'delegate'],
    domainOf,
    authorize: (delegate) => [
      {
        to: address,
        data: encodeCall('authorize', { delegate }),
        value: 0n,
        venue: id,
        label: `let ${delegate} act`,
      },
    ],
    decodeRevert(data) {
      const reason = decodeRevertOf(address, data)
      return reason === null ? null : new RevertedError({ venue: id, reason })
    },
    async read(account, block) {
      return [positionIn(chain.at(block), account, block.timestamp)]
    },
    quote(intent, position): MarginQuote {
      assertKnown(intent, position.account)
      const after = project(position, intent)
      const { raw, reason } = after
      const objected = reason ?? objection(intent.type, after.position)
      return {
        type: 'margin',
        raw,
        fee: usd(0n),
        healthAfter: after.position.healthFactor,
        feasible: objected === null,
        reason: objected,
      }
    },
    encode(intent, { owner }: CallContext) {
      const token = assertKnown(intent, owner)
      if (intent.raw <= 0n)
        throw new InvalidIntentError({
          venue: id,
          intent: intent.type,
          found: `${intent.raw} raw`,
          allowed: 'above zero',
        })
      const args = { owner, token: token.address, raw: intent.raw }
      const amount = `${numberFromRaw(intent.raw, token.decimals)} ${token.symbol}`
      const data = encodeCall(intent.type, args)
      return [{ to: address, data, value: 0n, venue: id, label: `${intent.type} ${amount}` }]
    },
    liquidation: (position) => lendingDomain({ position, fullCloseHealth: null }),
    liquidate: ({ account, debt, collateral, raw }) => ({
      to: address,
      data: encodeCall('liquidate', {
        owner: account,
        token: debt.address,
        collateral: collateral.address,
        raw,
      }),
      value: 0n,
      venue: id,
      label: `liquidate ${account}`,
    }),
  }
}

/** The position as an intent would leave it, and what the intent would really move. */
function project(
  position: LendingPosition,
  { type, token, raw: asked }: MarginIntent,
): { readonly position: LendingPosition; readonly raw: bigint; readonly reason: string | null } {
  const same = (leg: { readonly token: Token }): boolean =>
    sameAddress(leg.token.address, token.address)
  const owed = position.debt.find(same)?.raw ?? 0n
  const held = position.collateral.find(same)?.raw ?? 0n
  const raw = type === 'repay' && asked > owed ? owed : asked
  const reason =
    raw <= 0n ? 'nothing to move' : type === 'withdraw' && raw > held ? 'MORE_THAN_HELD' : null
  if (reason !== null) return { position, raw: raw < 0n ? 0n : raw, reason }
  const collateral = position.collateral.map((leg) => {
    const change = !same(leg) ? 0n : type === 'supply' ? raw : type === 'withdraw' ? -raw : 0n
    const next = leg.raw + change
    return { ...leg, raw: next, value: valueDown(next, leg.token.decimals, leg.oraclePrice) }
  })
  const debt = position.debt.map((leg) => {
    const change = !same(leg) ? 0n : type === 'borrow' ? raw : type === 'repay' ? -raw : 0n
    const next = leg.raw + change
    return { ...leg, raw: next, value: valueUp(next, leg.token.decimals, leg.oraclePrice) }
  })
  const healthAfter = healthFactor(collateral, debt)
  return { position: { ...position, collateral, debt, healthFactor: healthAfter }, raw, reason }
}

function healthFactor(collateral: readonly CollateralLeg[], debt: readonly DebtLeg[]): Wad {
  const capacity = collateral.reduce((sum, leg) => sum + leg.value * leg.liquidationThreshold, 0n)
  const owed = debt.reduce((sum, leg) => sum + leg.value, 0n)
  return owed === 0n ? MAX_HEALTH_FACTOR : wad(mulDivDown(capacity, 1n, owed))
}
