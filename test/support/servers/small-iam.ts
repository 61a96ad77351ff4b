/** As much of IAM as the default roles need: an account that has every role, or one that has none yet. */
export interface SmallIam {
  /** Role → its policies. */
  roles: Map<string, string[]>;
  /** Instance profile → its roles. */
  profiles: Map<string, string[]>;
  /** What it answers, or the code of its refusal. */
  operations: Record<string, (form: URLSearchParams) => string | { refused: string }>;
}

export function smallIam(hasAll: boolean): SmallIam {
  const roles = new Map<string, string[]>();
  const profiles = new Map<string, string[]>();
  const of = (form: URLSearchParams, name: string) => form.get(name) ?? "";
  const there = (result: string, known: boolean, text: string) =>
    known || hasAll ? `<${result}>${text}</${result}>` : { refused: "NoSuchEntity" };
  return {
    roles,
    profiles,
    operations: {
      GetRole(form) {
        const role = of(form, "RoleName");
        const text = `<Role><RoleName>${role}</RoleName></Role>`;
        return there("GetRoleResult", roles.has(role), text);
      },
      CreateRole(form) {
        const role = of(form, "RoleName");
        if (roles.has(role)) return { refused: "EntityAlreadyExists" };
        roles.set(role, []);
        return "";
      },
      AttachRolePolicy(form) {
        const policies = roles.get(of(form, "RoleName"));
        if (!policies) return { refused: "NoSuchEntity" };
        const policy = of(form, "PolicyArn");
        if (!policies.includes(policy)) policies.push(policy);
        return "";
      },
      GetInstanceProfile(form) {
        const profile = of(form, "InstanceProfileName");
        const its = profiles.get(profile) ?? (hasAll ? [profile] : []);
        const members = its.map((role) => `<member><RoleName>${role}</RoleName></member>`);
        return there(
          "GetInstanceProfileResult",
          profiles.has(profile),
          `<InstanceProfile><Roles>${members.join("")}</Roles></InstanceProfile>`,
        );
      },
      CreateInstanceProfile(form) {
        const profile = of(form, "InstanceProfileName");
        if (profiles.has(profile)) return { refused: "EntityAlreadyExists" };
        profiles.set(profile, []);
        return "";
      },
      AddRoleToInstanceProfile(form) {
        const its = profiles.get(of(form, "InstanceProfileName"));
        if (!its) return { refused: "NoSuchEntity" };
        if (its.length > 0) return { refused: "LimitExceeded" };
        its.push(of(form, "RoleName"));
        return "";
      },
    },
  };
}
