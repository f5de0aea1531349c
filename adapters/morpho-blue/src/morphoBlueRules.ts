import type { Address } from '@plimsoll/domain'
import {
  allowedAddress,
  approveRule,
  type CallRule,
  type PolicyContext,
  type Violation,
} from '@plimsoll/evm'
import { getAbiItem } from 'viem'
import { morphoBlueAbi as abi } from './abi.ts'
import type { MorphoBlueConfig } from './createMorphoBlue.ts'
import { type MarketParams, marketId } from './Market.ts'

const NAME = 'morpho-blue'

/**
 * What the signing policy may let through to Morpho Blue: margin calls on known markets for the owner alone.
 *
 * Tokens come out to the owner or to the sender, approvals go to Morpho alone, and only the owner's own executor may be
 * authorized. Callback data is denied: nothing here needs it.
 *
 * @param executor - The owner's own executor; null when there is none, then no authorization passes.
 */
export function morphoBlueRules(
  config: Pick<MorphoBlueConfig, 'morpho' | 'markets'>,
  executor: Address | null,
): readonly CallRule[] {
  const { morpho: target, markets } = config
  const known = new Set(markets.map((market) => marketId(market.params)))
  const knownMarket = (params: unknown): Violation | null => {
    const id = marketId(params as MarketParams)
    return known.has(id)
      ? null
      : { rule: `${NAME} known-market`, found: id, allowed: [...known].join(', ') }
  }
  const tokens = new Map(
    markets
      .flatMap((market) => [market.loanToken, market.collateralToken])
      .map((token) => [token.address.toLowerCase(), token]),
  )

  return [
    ...[...tokens.values()].map((token) => approveRule(token, [target])),
    {
      target,
      abi: getAbiItem({ abi, name: 'supplyCollateral' }),
      check: ([params, , onBehalf, data], context) =>
        knownMarket(params) ?? ownersOwn(onBehalf, context) ?? noCallback(data),
    },
    {
      target,
      abi: getAbiItem({ abi, name: 'withdrawCollateral' }),
      check: ([params, , onBehalf, receiver], context) =>
        knownMarket(params) ?? ownersOwn(onBehalf, context) ?? ownReceiver(receiver, context),
      leaves: ([params]) => [(params as MarketParams).collateralToken],
    },
    {
      target,
      abi: getAbiItem({ abi, name: 'borrow' }),
      check: ([params, , , onBehalf, receiver], context) =>
        knownMarket(params) ?? ownersOwn(onBehalf, context) ?? ownReceiver(receiver, context),
      leaves: ([params]) => [(params as MarketParams).loanToken],
    },
    {
      target,
      abi: getAbiItem({ abi, name: 'repay' }),
      check: ([params, , , onBehalf, data], context) =>
        knownMarket(params) ?? ownersOwn(onBehalf, context) ?? noCallback(data),
    },
    {
      target,
      abi: getAbiItem({ abi, name: 'setAuthorization' }),
      check: ([authorized, allowed]) =>
        allowed === false
          ? null
          : allowedAddress(`${NAME} own-executor`, authorized, executor === null ? [] : [executor]),
    },
  ]
}

const ownersOwn = (onBehalf: unknown, { owner }: PolicyContext): Violation | null =>
  allowedAddress(`${NAME} on-behalf`, onBehalf, [owner])

const ownReceiver = (receiver: unknown, { owner, sender }: PolicyContext): Violation | null =>
  allowedAddress(`${NAME} receiver`, receiver, [owner, sender])

const noCallback = (data: unknown): Violation | null =>
  data === '0x' ? null : { rule: `${NAME} no-callback`, found: String(data), allowed: 'empty data' }
