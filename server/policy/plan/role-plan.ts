import type { Candidate } from '../compile/rows';
import type { ScopePermissions } from '../model/policy';
import { add, constant, constantOf, join, not } from './node';
import type { Node } from './node';

/** For what rules deny, of policies about resources or principals and of role policies. */
interface Denials {
  rules: Node | undefined;
  rolePolicies: Node | undefined;
}

/** What rules say to one role, scope by scope from the most specific up. */
export class RolePlan {
  #allow: Node | undefined;
  readonly #deny: Denials = { rules: undefined, rolePolicies: undefined };
  /** Whether what is allowed so far needs the consent of a scope above. */
  #pending = false;
  /** For what a scope that has the last word allows. */
  #final: Node | undefined;
  #scopeAllow: Node | undefined;
  #scopeDeny: Denials = { rules: undefined, rolePolicies: undefined };

  /** Whether nothing that scopes above say makes a difference. */
  get isSettled(): boolean {
    return constantOf(this.#final) === true;
  }

  /** Takes note of a rule of the present scope. */
  addRule({ effect, fromRolePolicy }: Pick<Candidate, 'effect' | 'fromRolePolicy'>, node: Node): void {
    if (effect === 'EFFECT_ALLOW') this.#scopeAllow = add(this.#scopeAllow, node);
    if (effect !== 'EFFECT_DENY' || constantOf(node) === false) return;
    const kind = fromRolePolicy ? 'rolePolicies' : 'rules';
    this.#scopeDeny[kind] = add(this.#scopeDeny[kind], node);
  }

  /** Goes on to the next scope. Says whether this one had something to say and the last word about it. */
  endScope(permissions: ScopePermissions | undefined): boolean {
    const allow = this.#scopeAllow;
    const rules = this.#unlessAllowed(this.#scopeDeny.rules);
    const rolePolicies = this.#unlessAllowed(this.#scopeDeny.rolePolicies);
    this.#scopeAllow = undefined;
    this.#scopeDeny = { rules: undefined, rolePolicies: undefined };
    this.#deny.rules = add(this.#deny.rules, rules);
    this.#deny.rolePolicies = add(this.#deny.rolePolicies, rolePolicies);
    if (allow) {
      if (!this.#allow) this.#allow = allow;
      else this.#allow = join(this.#pending ? 'and' : 'or', [this.#allow, allow]);
      this.#pending = permissions === 'SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS';
    }
    const isFinal = permissions === 'SCOPE_PERMISSIONS_OVERRIDE_PARENT';
    if (isFinal) this.#final = add(this.#final, allow);
    return isFinal && (allow !== undefined || rules !== undefined || rolePolicies !== undefined);
  }

  /** A denial counts only where no scope below allows. */
  #unlessAllowed(deny: Node | undefined): Node | undefined {
    if (!deny || !this.#final) return deny;
    const open = not(this.#final);
    return constantOf(deny) === true ? open : join('and', [open, deny]);
  }

  /** What is said to the role in the end. */
  end(): { readonly allow: Node | undefined; readonly deny: Node | undefined } {
    const { rules, rolePolicies } = this.#deny;
    if (constantOf(rules) === true || constantOf(rolePolicies) === true) {
      // An allowance for another role must beat this, so that it may not become a denial of its own.
      return { allow: constant(false), deny: undefined };
    }
    const allow = this.#pending ? undefined : this.#allow;
    return {
      allow: allow && rolePolicies ? join('and', [allow, not(rolePolicies)]) : allow,
      deny: rules,
    };
  }
}
