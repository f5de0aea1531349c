import {
  type Address,
  applyIntents,
  InvalidIntentError,
  type LendingPosition,
  type LendingVenue,
  least,
  lendingDomain,
  type MarginIntent,
  RevertedError,
  sameAddress,
  usd,
  WAD,
} from '@plimsoll/domain'
import { approveCall, decodeRevertData } from '@plimsoll/evm'
import { encodeFunctionData, formatUnits } from 'viem'
import { parsePosition } from './parsePosition.ts'
import type { Pond } from './pond/createPond.ts'
import { POND_TERMS, pondAbi } from './pond/runPond.ts'

/** The market's own words. Another price or another balance can cure each: look again, then decide. */
const REASONS: ReadonlySet<string> = new Set([
  'BorrowLimit()',
  'MoreThanHeld()',
  'Healthy()',
  'TransferFailed()',
])

/** Creates the pond as a lending venue. `read` is all its I/O; everything after it is pure. */
export function createPondVenue(pond: Pond): LendingVenue {
  const { collateral, loan } = pond
  const id = `pond:${pond.address}`
  const domainOf = (account: Address): string => `${id}/${account.toLowerCase()}`

  /** Refuses what is meant for another venue, account or token. */
  const assertOurs = ({ type, venue, domain, token }: MarginIntent, account: Address): void => {
    const allowed = type === 'supply' || type === 'withdraw' ? collateral : loan
    const isOurs = venue === id && domain === domainOf(account)
    if (isOurs && sameAddress(token.address, allowed.address)) return
    throw new InvalidIntentError({
      venue: id,
      intent: type,
      found: `${token.symbol} ${token.address} in ${domain} of ${venue}`,
      allowed: `${allowed.symbol} ${allowed.address} in ${domainOf(account)}`,
    })
  }

  return {
    id,
    capabilities: ['supply', 'withdraw', 'borrow', 'repay'],
    authorize: () => [], // no 'delegate': nobody acts for an owner here

    async read(account, block) {
      const raw = await pond.read(account, block)
      const domain = domainOf(account)
      return [parsePosition(raw, { venue: id, domain, account, collateral, loan })]
    },

    quote(intent, position) {
      assertOurs(intent, position.account)
      const { raw, reason } = judge(intent, position)
      const after = reason === null ? applyIntents(position, [{ ...intent, raw }]) : position
      const objection = reason ?? (isAllowed(intent, after) ? null : 'BorrowLimit()')
      return {
        type: 'margin',
        raw,
        fee: usd(0n),
        healthAfter: after.healthFactor,
        feasible: objection === null,
        reason: objection,
      }
    },

    encode(intent, { owner, sender }) {
      assertOurs(intent, owner)
      const { type, token, raw } = intent
      if (!sameAddress(owner, sender))
        throw new InvalidIntentError({
          venue: id,
          intent: type,
          found: `sender ${sender}`,
          allowed: `the owner, ${owner}`,
        })
      if (raw <= 0n)
        throw new InvalidIntentError({
          venue: id,
          intent: type,
          found: `${raw} raw`,
          allowed: 'above 0',
        })
      const call = {
        to: pond.address,
        data: encodeFunctionData({ abi: pondAbi, functionName: type, args: [raw] }),
        value: 0n,
        venue: id,
        label: `${type} ${formatUnits(raw, token.decimals)} ${token.symbol}`,
      }
      const isPaid = type === 'supply' || type === 'repay'
      return isPaid ? [approveCall({ token, spender: pond.address, raw, venue: id }), call] : [call]
    },

    liquidation: (position) => lendingDomain({ position, fullCloseHealth: null }),

    decodeRevert(data) {
      const reason = decodeRevertData(data, [pondAbi])
      return reason !== null && REASONS.has(reason)
        ? new RevertedError({ venue: id, reason })
        : null
    },
  }
}

/** What an intent would really move, and why it could not. */
function judge(intent: MarginIntent, { collateral, debt }: LendingPosition) {
  const held = collateral[0]?.raw ?? 0n
  const owed = debt[0]?.raw ?? 0n
  const raw = intent.type === 'repay' ? least(intent.raw, owed) : intent.raw
  if (raw <= 0n) return { raw: 0n, reason: 'nothing to move' }
  return { raw, reason: intent.type === 'withdraw' && raw > held ? 'MoreThanHeld()' : null }
}

/** The market's rule on what a position may become. */
function isAllowed({ type }: MarginIntent, { collateral, debt }: LendingPosition): boolean {
  if (type === 'supply' || type === 'repay') return true
  const held = collateral.reduce((sum, leg) => sum + leg.value, 0n)
  const owed = debt.reduce((sum, leg) => sum + leg.value, 0n)
  return owed * WAD <= held * POND_TERMS.maxLtv
}
