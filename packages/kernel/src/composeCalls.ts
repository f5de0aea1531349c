import {
  type Action,
  type Address,
  type Amount,
  type AtomicExecutor,
  type Call,
  type CallContext,
  type Frame,
  type Intent,
  InvalidIntentError,
  type LendingVenue,
  MissingCapabilityError,
  type PerpVenue,
  type SwapVenue,
  sameAddress,
  type Token,
} from '@plimsoll/domain'

/** Venues an action may name. */
export type Venues = {
  readonly lending: readonly LendingVenue[]
  readonly perps: readonly PerpVenue[]
  readonly swaps: readonly SwapVenue[]
}

/** A call, and what its success means to its venue. */
export type ComposedCall = {
  readonly call: Call
  /** Which of the action's intents are trades that the call commits and that someone fills later. */
  readonly commits: readonly number[]
}

/**
 * Turns an action into the owner's calls, in order.
 *
 * `direct`: every intent's calls with the owner as sender. `atomic`: the same calls with the executor as sender,
 * wrapped into one; the executor repays its lender itself and sends back every token that was touched.
 *
 * @throws InvalidIntentError when no venue has the name that an intent gives.
 * @throws MissingCapabilityError when the venue, or the executor for a flash loan, cannot do it, or there is no executor.
 */
export function composeCalls(p: {
  readonly action: Action
  readonly venues: Venues
  readonly executor: AtomicExecutor | null
  readonly frame: Frame
  readonly deadline: bigint
}): readonly ComposedCall[] {
  const { action, executor, frame, deadline } = p
  const { owner } = frame
  const callsBy = (sender: Address): readonly ComposedCall[] =>
    action.intents.flatMap((intent, index) => {
      const context = contextOf(intent, { owner, sender, deadline }, frame)
      const commits = isFilledLater(intent, p.venues.perps) ? [index] : []
      const calls = encode(intent, p.venues, context)
      return calls.map((call, i) => ({ call, commits: i === calls.length - 1 ? commits : [] }))
    })
  if (action.settlement === 'direct') return callsBy(owner)
  if (executor === null)
    throw new MissingCapabilityError({
      venue: 'The order desk',
      asked: `settle ${action.type} in one transaction`,
      has: ['direct settlement, as there is no executor'],
    })
  if (action.flashLoan !== null && executor.flashFee(action.flashLoan) === null)
    throw new MissingCapabilityError({
      venue: `executor ${executor.address}`,
      asked: `borrow ${action.flashLoan.token.symbol} for one transaction`,
      has: ['atomic calls without a loan'],
    })
  const wrapped = callsBy(executor.address)
  const call = executor.encode({
    flashLoan: action.flashLoan,
    calls: wrapped.map((each) => each.call),
    sweep: tokensOf(action.intents, action.flashLoan),
  })
  return [{ call, commits: wrapped.flatMap(({ commits }) => commits) }]
}

const isFilledLater = (intent: Intent, perps: readonly PerpVenue[]): boolean =>
  intent.type === 'trade' && perps.some(({ id, fill }) => id === intent.venue && fill === 'delayed')

/** The context with the position of the intent's domain, for a venue that counts in shares. */
function contextOf(intent: Intent, context: CallContext, { lending }: Frame): CallContext {
  if (intent.type === 'swap') return context
  const position = lending.find(({ domain }) => domain === intent.domain)
  return position === undefined ? context : { ...context, position }
}

function encode(intent: Intent, venues: Venues, context: CallContext): readonly Call[] {
  switch (intent.type) {
    case 'swap': {
      const venue = find(venues.swaps, intent)
      assertCapable(venue, 'exact-in')
      return venue.encode(intent, context)
    }
    case 'trade':
    case 'cancel': {
      const venue = find(venues.perps, intent)
      assertCapable(venue, intent.type)
      return venue.encode(intent, context)
    }
    case 'borrow':
    case 'repay': {
      const venue = find(venues.lending, intent)
      assertCapable(venue, intent.type)
      return venue.encode(intent, context)
    }
    case 'supply':
    case 'withdraw': {
      const perp = venues.perps.find(({ id }) => id === intent.venue)
      const venue = perp ?? find(venues.lending, intent)
      assertCapable(venue, intent.type)
      return venue.encode({ ...intent, type: intent.type }, context)
    }
    default:
      return intent satisfies never
  }
}

function find<V extends { readonly id: string }>(venues: readonly V[], intent: Intent): V {
  const venue = venues.find(({ id }) => id === intent.venue)
  if (venue === undefined)
    throw new InvalidIntentError({
      venue: 'The order desk',
      intent: intent.type,
      found: `venue ${intent.venue}`,
      allowed: venues.map(({ id }) => id).join(', ') || 'no venue of this kind',
    })
  return venue
}

function assertCapable(
  venue: { readonly id: string; readonly capabilities: readonly string[] },
  asked: string,
): void {
  if (!venue.capabilities.includes(asked))
    throw new MissingCapabilityError({ venue: venue.id, asked, has: venue.capabilities })
}

/** Every token that an atomic action can leave with the executor, once. */
function tokensOf(intents: readonly Intent[], flashLoan: Amount | null): readonly Token[] {
  const tokens: Token[] = []
  const add = (token: Token): void => {
    if (!tokens.some(({ address }) => sameAddress(address, token.address))) tokens.push(token)
  }
  if (flashLoan !== null) add(flashLoan.token)
  for (const intent of intents) {
    if (intent.type === 'trade' || intent.type === 'cancel') continue
    if (intent.type === 'swap') {
      add(intent.tokenIn)
      add(intent.tokenOut)
    } else add(intent.token)
  }
  return tokens
}
