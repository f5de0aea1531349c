import { InterestRate, PoolBundle } from '@aave/contract-helpers'
import {
  type Address,
  type Call,
  type CallContext,
  type Hex,
  InvalidIntentError,
  InvariantError,
  type LendingPosition,
  type MarginIntent,
  mulDivDown,
  RAY,
  sameAddress,
} from '@plimsoll/domain'
import { approveCall } from '@plimsoll/evm'
import { providers } from 'ethers'
import { encodeFunctionData, formatUnits, isHex, maxUint256 } from 'viem'
import { aTokenAbi } from './abi.ts'
import { type AaveReserve, type AaveV3Config, domainIdOf, venueIdOf } from './config.ts'
import { reserveOf } from './intents.ts'
import { linearInterest } from './interest.ts'

/** Turns intents into calls of one pool. */
export type AaveEncoder = {
  encode(intent: MarginIntent, context: CallContext): readonly Call[]
  authorize(delegate: Address): readonly Call[]
}

/** Creates the encoder on Aave's own transaction builders. They are given a provider that cannot reach a network. */
export function createEncoder(config: AaveV3Config): AaveEncoder {
  const offline = new providers.BaseProvider({ chainId: config.chainId, name: 'offline' })
  const pool = new PoolBundle(offline, { POOL: config.pool })
  const venue = venueIdOf(config.pool)

  const poolCall = (data: string | undefined, label: string): Call => ({
    to: config.pool,
    data: hexOf(data),
    value: 0n,
    venue,
    label,
  })
  const approvePool = ({ token }: AaveReserve, raw: bigint): Call =>
    approveCall({ token, spender: config.pool, raw, venue })

  return {
    encode(intent, context) {
      const reserve = reserveOf(config, intent)
      const { owner, sender } = context
      assertEncodable(config, intent, context)
      const isDelegated = !sameAddress(owner, sender)
      const label = `${intent.type} ${formatUnits(intent.raw, reserve.token.decimals)} ${reserve.token.symbol}`
      const order = { user: sender, reserve: reserve.token.address, amount: String(intent.raw) }
      const variable = { ...order, interestRateMode: InterestRate.Variable, onBehalfOf: owner }
      switch (intent.type) {
        case 'supply': {
          const { data } = pool.supplyTxBuilder.generateTxData({ ...order, onBehalfOf: owner })
          return [approvePool(reserve, intent.raw), poolCall(data, label)]
        }
        case 'repay': {
          const { data } = pool.repayTxBuilder.generateTxData(variable)
          return [approvePool(reserve, intent.raw), poolCall(data, label)]
        }
        case 'borrow':
          return [poolCall(pool.borrowTxBuilder.generateTxData(variable).data, label)]
        case 'withdraw': {
          const data = pool.contractInterface.encodeFunctionData('withdraw', [
            order.reserve,
            order.amount,
            sender,
          ])
          const call = poolCall(data, label)
          return isDelegated
            ? [takeATokens(config, { ...context, reserve, raw: intent.raw }), call]
            : [call]
        }
        default:
          return intent satisfies never
      }
    },

    authorize: (delegate) =>
      config.reserves.map(({ aToken, token }) => ({
        to: aToken,
        data: encodeFunctionData({
          abi: aTokenAbi,
          functionName: 'approve',
          args: [delegate, maxUint256],
        }),
        value: 0n,
        venue,
        label: `let ${delegate} withdraw ${token.symbol}`,
      })),
  }
}

/**
 * Moves aTokens from the owner to the sender, who can then withdraw.
 *
 * Balances are stored divided by an index, so a transfer may arrive one unit short; one more is moved, and what is left
 * of it stays with the sender. A whole balance arrives to the unit, and has no unit more until interest has made one.
 */
function takeATokens(
  config: AaveV3Config,
  p: CallContext & { readonly reserve: AaveReserve; readonly raw: bigint },
): Call {
  const { aToken, token } = p.reserve
  const moved = p.raw < heldSoon(p.position, p.reserve) ? p.raw + 1n : p.raw
  return {
    to: aToken,
    data: encodeFunctionData({
      abi: aTokenAbi,
      functionName: 'transferFrom',
      args: [p.owner, p.sender, moved],
    }),
    value: 0n,
    venue: venueIdOf(config.pool),
    label: `take ${formatUnits(p.raw, token.decimals)} supplied ${token.symbol}`,
  }
}

/** What will be supplied a second after the position was read: the earliest block that can move it. */
function heldSoon(position: LendingPosition | undefined, { token }: AaveReserve): bigint {
  const leg = position?.collateral.find((each) => sameAddress(each.token.address, token.address))
  if (leg === undefined) return maxUint256 // not told
  return mulDivDown(leg.raw, linearInterest(leg.supplyRate, 1n), RAY)
}

function assertEncodable(config: AaveV3Config, intent: MarginIntent, context: CallContext): void {
  const refuse = (found: string, allowed: string): never => {
    throw new InvalidIntentError({
      venue: venueIdOf(config.pool),
      intent: intent.type,
      found,
      allowed,
    })
  }
  const domain = domainIdOf(config.pool, context.owner)
  if (intent.domain !== domain) refuse(`domain ${intent.domain}`, `domain ${domain}`)
  if (intent.raw <= 0n || intent.raw >= maxUint256)
    refuse(`amount ${intent.raw}`, 'an amount above zero and below the largest')
  if (intent.type === 'borrow' && !sameAddress(context.owner, context.sender))
    refuse(`sender ${context.sender}`, `the owner ${context.owner}: debt is never delegated`)
}

function hexOf(data: string | undefined): Hex {
  if (isHex(data)) return data
  throw new InvariantError({ expected: 'call data from the Aave builder', found: `${data}` })
}
