import {
  type Address,
  type Hex,
  InvalidInputError,
  PolicyDeniedError,
  sameAddress,
  type Usd,
  usd,
} from '@plimsoll/domain'
import {
  formatUnits,
  isAddress,
  isHex,
  type TransactionSerializable,
  toFunctionSelector,
} from 'viem'
import type { CallRule, InnerCall, PolicyContext, PolicySight, Violation } from './CallRule.ts'
import { decodeExactly } from './decodeExactly.ts'
import type { OwnExecutor } from './OwnExecutor.ts'

/** What may be signed for one owner on one chain. */
export type SigningPolicy = {
  readonly chainId: number
  readonly owner: Address
  /** Most a transaction may pay for one gas. [wei] */
  readonly maxFeePerGas: bigint
  /** @throws {@link PolicyDeniedError} with the rule that fired, unless everything in the transaction is allowed. */
  check(transaction: TransactionSerializable, sight: PolicySight): void
}

/** What a transaction may consist of; anything else in it is refused. */
const FIELDS: readonly string[] = [
  'type',
  'chainId',
  'nonce',
  'to',
  'value',
  'data',
  'gas',
  'maxFeePerGas',
  'maxPriorityFeePerGas',
]

/**
 * Creates a policy that denies by default.
 *
 * Only a plain EIP-1559 transaction on the chain, without value, within the caps of fee and gas, can pass, and only when a
 * rule names its target and function, its calldata is exactly what its decoded arguments encode to, and the rule finds
 * nothing in them. Calls wrapped into the owner's executor pass the same rules one by one, with the executor as sender;
 * an executor within an executor never passes.
 *
 * What the calls of one transaction trade, at reference prices that come from elsewhere than the quotes, is added up and
 * capped. So a policy without a cap lets nothing be traded.
 *
 * @param p.executor - The owner's own executor, null where there is none.
 * @throws {@link InvalidInputError} when the executor is another owner's or of another chain, when a rule other than the
 * executor's wraps calls, or when a rule for the executor does not say which calls it wraps.
 */
export function createSigningPolicy(p: {
  readonly chainId: number
  readonly owner: Address
  readonly executor: OwnExecutor | null
  readonly rules: readonly CallRule[]
  /** [wei] */
  readonly maxFeePerGas: bigint
  /** Most gas one transaction may take. */
  readonly maxGas: bigint
  /** Most that the calls of one transaction may trade together; nothing unless given. [USD 1e8] */
  readonly maxTraded?: Usd
}): SigningPolicy {
  const { chainId, owner, executor, maxFeePerGas, maxGas, maxTraded = usd(0n) } = p
  const rules = p.rules.map((rule) => ({ ...rule, selector: toFunctionSelector(rule.abi) }))
  assertOwnExecutor(executor, { chainId, owner })
  assertWrappers(rules, executor)

  const judge = (call: InnerCall, context: PolicyContext): Verdict => {
    const { to } = call
    const data = call.data.toLowerCase() as Hex
    if (!isHex(data) || data.length < 10 || data.length % 2 !== 0)
      return denied({ rule: 'calldata', found: data, allowed: 'a selector and its arguments' })
    const ofTarget = rules.filter((rule) => sameAddress(rule.target, to))
    if (ofTarget.length === 0)
      return denied({ rule: 'target', found: to, allowed: 'a target that a rule names' })
    const selector = data.slice(0, 10)
    let verdict = denied({
      rule: 'selector',
      found: `${selector} at ${to}`,
      allowed: [...new Set(ofTarget.map((rule) => rule.abi.name))].join(' or '),
    })
    for (const rule of ofTarget.filter((each) => each.selector === selector)) {
      verdict = judgeBy(rule, data, context)
      if (verdict.violation === null) return verdict
    }
    return verdict
  }

  const judgeBy = (rule: CallRule, data: Hex, context: PolicyContext): Verdict => {
    const args = decodeExactly(rule.abi, data)
    if (args === null) {
      const allowed = `exactly the arguments of ${rule.abi.name}`
      return denied({ rule: 'calldata', found: `${data.length / 2 - 1} bytes`, allowed })
    }
    const violation = rule.check(args, context)
    if (violation !== null) return denied(violation)
    const traded = rule.traded?.(args, context) ?? 0n
    const left = rule.leaves?.(args, context) ?? []
    if (rule.inner === undefined) return { violation: null, traded, left }
    const inner = judgeInner(rule.inner(args), { ...context, sender: rule.target })
    if (inner.violation !== null) return inner
    const unswept = rule.checkLeft?.(args, inner.left) ?? null
    return unswept !== null ? denied(unswept) : { ...inner, traded: traded + inner.traded, left }
  }

  const judgeInner = (calls: readonly InnerCall[], context: PolicyContext): Verdict => {
    let traded = 0n
    const left: Address[] = []
    for (const [index, call] of calls.entries()) {
      const verdict = sameAddress(call.to, context.sender)
        ? denied({ rule: 'nested executor', found: call.to, allowed: 'calls to other contracts' })
        : judge(call, context)
      const { violation } = verdict
      if (violation !== null)
        return denied({ ...violation, found: `${violation.found} in wrapped call ${index}` })
      traded += verdict.traded
      left.push(...verdict.left)
    }
    return { violation: null, traded, left }
  }

  const judgeWhole = (call: InnerCall, sight: PolicySight): Violation | null => {
    const { violation, traded } = judge(call, { ...sight, owner, sender: owner })
    if (violation !== null || traded <= maxTraded) return violation
    return { rule: 'traded value', found: dollars(traded), allowed: `up to ${dollars(maxTraded)}` }
  }

  return {
    chainId,
    owner,
    maxFeePerGas,
    check(transaction, sight) {
      const { to, data } = transaction
      const violation =
        findEnvelopeViolation(transaction, { chainId, maxFeePerGas, maxGas }) ??
        (typeof to !== 'string' || !isAddress(to, { strict: false })
          ? { rule: 'contract creation', found: String(to), allowed: 'a call to a contract' }
          : judgeWhole({ to, data: data ?? '0x' }, sight))
      if (violation !== null) throw new PolicyDeniedError(violation)
    },
  }
}

/** What is to be said of a call. */
type Verdict = {
  /** What is wrong with it. */
  readonly violation: Violation | null
  /** What it trades with all that it wraps. [USD 1e8] */
  readonly traded: bigint
  /** Tokens that it can leave with its sender. */
  readonly left: readonly Address[]
}

const denied = (violation: Violation): Verdict => ({ violation, traded: 0n, left: [] })

const dollars = (value: bigint): string => `$${formatUnits(value, 8)}`

function assertOwnExecutor(
  executor: OwnExecutor | null,
  allowed: { readonly chainId: number; readonly owner: Address },
): void {
  if (executor === null) return
  if (!sameAddress(executor.owner, allowed.owner))
    throw new InvalidInputError({
      field: 'owner of the executor',
      found: executor.owner,
      allowed: allowed.owner,
    })
  if (executor.chainId !== allowed.chainId)
    throw new InvalidInputError({
      field: 'chain of the executor',
      found: executor.chainId,
      allowed: String(allowed.chainId),
    })
}

/** Calls are wrapped by the executor alone, and whatever it wraps is looked at: else one rule would open everything. */
function assertWrappers(rules: readonly CallRule[], executor: OwnExecutor | null): void {
  for (const { target, inner, abi } of rules) {
    const isExecutor = executor !== null && sameAddress(target, executor.address)
    if (inner !== undefined && !isExecutor)
      throw new InvalidInputError({
        field: 'target of a rule for wrapped calls',
        found: target,
        allowed: executor?.address ?? 'none, as there is no executor',
      })
    if (inner === undefined && isExecutor)
      throw new InvalidInputError({
        field: `rule for ${abi.name} of the executor`,
        found: 'no way to tell the calls it wraps',
        allowed: 'rules that give their inner calls',
      })
  }
}

type Caps = {
  readonly chainId: number
  readonly maxFeePerGas: bigint
  readonly maxGas: bigint
}

/** Looks at everything of a transaction but its call. */
function findEnvelopeViolation(tx: TransactionSerializable, caps: Caps): Violation | null {
  if (tx.type !== 'eip1559')
    return { rule: 'transaction type', found: String(tx.type), allowed: 'eip1559' }
  const extra = Object.entries(tx).find(
    ([field, value]) => value !== undefined && !FIELDS.includes(field),
  )
  if (extra !== undefined)
    return { rule: 'transaction field', found: extra[0], allowed: FIELDS.join(', ') }
  const { chainId, value, gas, maxFeePerGas, maxPriorityFeePerGas, nonce } = tx
  if (chainId !== caps.chainId)
    return { rule: 'chain', found: String(chainId), allowed: String(caps.chainId) }
  if (value !== 0n) return { rule: 'value', found: `${value} wei`, allowed: '0 wei' }
  if (nonce === undefined || !Number.isSafeInteger(nonce) || nonce < 0)
    return { rule: 'nonce', found: String(nonce), allowed: 'a whole number from 0' }
  if (gas === undefined || gas > caps.maxGas)
    return { rule: 'gas', found: String(gas), allowed: `up to ${caps.maxGas}` }
  if (maxFeePerGas === undefined || maxFeePerGas > caps.maxFeePerGas)
    return {
      rule: 'fee',
      found: `${maxFeePerGas} wei per gas`,
      allowed: `up to ${caps.maxFeePerGas} wei per gas`,
    }
  if (maxPriorityFeePerGas === undefined || maxPriorityFeePerGas > maxFeePerGas)
    return {
      rule: 'priority fee',
      found: `${maxPriorityFeePerGas} wei per gas`,
      allowed: `up to the whole fee, ${maxFeePerGas} wei per gas`,
    }
  return null
}
