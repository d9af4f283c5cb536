// Verbs of names, by what they do. The kinds follow the access levels that large APIs give their own operations: the
// permissions of Google Cloud's predefined roles (viewer roles against all others; 362 verbs) and the actions of AWS'
// managed policies (ReadOnlyAccess and SecurityAudit against all others; 417 verbs), both as collected in
// github.com/iann0036/iam-dataset at 2073fa5 (August 2026); for what those two do not have, the operation names of the
// REST APIs of GitHub, Slack and Stripe, and the tool names of Playwright's and the reference MCP servers.
import type { EffectKind } from './effect';

/** The effect of a tool that has a certain verb in its name. */
export interface Verb {
  readonly kind: EffectKind;
  /** Something that was there before may be gone. */
  readonly loses?: true;
  /** Names a thing at least as often as a deed (`issue`, `request`): counts only where no other verb says more. */
  readonly weak?: true;
  /** Says that something is done, not what (`write`, `manage`): an argument may say which. */
  readonly general?: true;
}

/** Each word stands in one row only. */
const table: readonly (Verb & { readonly words: string })[] = [
  {
    kind: 'read',
    words: `
      get list describe read search find fetch query show view lookup retrieve count inspect preview peek
      enumerate discover explore summarize summarise analyze analyse validate verify compare classify estimate
      calculate compute aggregate introspect select is has can exists contains poll receive monitor observe
      explain ping echo wait sleep think sequentialthinking probe recognize suggest recommend predict simulate
      troubleshoot investigate diagnose whoami ls cat grep glob scrape crawl extract parse lint measure
      translate tokenize decode autocomplete visualize browse recall detect infer rank render navigate`,
  },
  {
    kind: 'read',
    weak: true,
    words: `
      check status info help head stat tree diff snapshot screenshot filter scan audit sample log logs details
      hover transcript metrics stats overview version history convert`,
  },
  {
    kind: 'create',
    words: `
      create add insert append make generate put provision allocate clone duplicate instantiate enroll init
      initialize initialise ingest attach associate bind join compose prepend mkdir touch mount assemble
      construct establish populate persist`,
  },
  {
    kind: 'create',
    weak: true,
    words: `
      new order book link fork copy register import build bundle draft store save backup archive stash seed
      reserve purchase buy snapshotting download export`,
  },
  {
    kind: 'change',
    words: `
      update edit modify alter adjust configure reconfigure merge amend transform migrate sync synchronize
      synchronise resize rotate rename move upsert toggle enable disable activate deactivate pause resume
      suspend unlock unpin unmark assign unassign untag unlabel reopen finish finalize finalise dismiss
      unresolve promote demote swap increase decrease increment decrement upgrade downgrade renew refresh
      reschedule snooze mute unmute unstar unfollow upvote downvote react reorder annotate redeem recover
      unstage detach disassociate dissociate unbind unmount disconnect subscribe unsubscribe cancel abort
      withdraw retry acknowledge refactor organize reindex repair rebuild remediate customize personalize
      normalize redact deidentify encrypt decrypt unarchive relocate retire mutate renumber expand extend
      optimize optimise switchover failover fill click drag type tap press scroll apply accept reject`,
  },
  { kind: 'change', general: true, words: 'write manage handle perform maintain operate' },
  {
    kind: 'change',
    loses: true,
    words: 'overwrite replace rollback revert undo restore rebase reimage override',
  },
  {
    kind: 'change',
    weak: true,
    words: `
      set change patch commit tag label star vote sort stage cherry pin mark lock track format fix release
      process transition complete close index follow claim sign test resolve schedule`,
  },
  { kind: 'change', loses: true, weak: true, words: 'reset checkout' },
  {
    kind: 'delete',
    loses: true,
    words: `
      delete del remove rm rmdir rmtree unlink drop purge prune destroy truncate wipe erase expunge shred
      discard trash evict deprovision deregister terminate uninstall flush obliterate nuke cleanup vacuum forget
      unregister delist deletion removal erasure invalidate kill zap scrub deltree`,
  },
  { kind: 'delete', loses: true, weak: true, words: 'clear empty clean cut expire abandon' },
  {
    kind: 'execute',
    words: `
      execute exec eval evaluate invoke launch restart reboot install bootstrap sudo compile rerun replay
      redrive orchestrate dispatch spawn deploy undeploy redeploy execution`,
  },
  { kind: 'execute', general: true, words: 'run call do' },
  {
    kind: 'execute',
    weak: true,
    words: `
      trigger start stop command cmd script shell bash sh powershell terminal ssh repl jupyter boot code`,
  },
  {
    kind: 'send',
    words: `
      send publish unpublish submit notify tweet reply respond forward broadcast announce deliver emit transmit
      pay refund payout donate escalate appeal propose upload transfer`,
  },
  {
    kind: 'send',
    weak: true,
    words: `
      post push share email mail message dm sms text whatsapp comment charge wire ship webhook signal fax dial
      alert request invite page`,
  },
  {
    kind: 'permit',
    words: `
      grant revoke permit authorize authorise deauthorize allow deny unapprove unblock unban entitle assume
      impersonate elevate protect unprotect whitelist blacklist allowlist denylist expose unshare federate`,
  },
  { kind: 'permit', weak: true, words: 'approve block ban trust' },
];

const split = (words: string): readonly string[] => words.trim().split(/\s+/);

/** Verbs in their base form, lower case. */
export const lexicon: ReadonlyMap<string, Verb> = new Map(
  table.flatMap(({ words, ...verb }) => split(words).map((word): [string, Verb] => [word, verb])),
);

/** Creating or changing one of these changes who may do what. */
export const permissionObjects: ReadonlySet<string> = new Set(
  split(`
    permission permissions role roles policy policies acl acls iam access collaborator collaborators member members
    membership memberships invitation invitations admin admins administrator owner owners ownership visibility
    credential credentials token tokens apikey apikeys secret secrets password passwords passkey mfa sso oauth
    ruleset rulesets protection firewall authorization entitlement entitlements grants sudoers`),
);
