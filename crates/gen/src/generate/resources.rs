//! The resources that rules are about: clusters with all forms of a Defender profile, workspaces, registries.

use super::builder::{Builder, CALLED};
use crate::expr::{Expr, Kind};
use crate::program::{Ignore, Loop, Resource};

const WORKSPACE: &str = "Microsoft.OperationalInsights/workspaces";
const CLUSTER: &str = "Microsoft.ContainerService/managedClusters";
const REGISTRY: &str = "Microsoft.ContainerRegistry/registries";

/// Versions with the profile of today, with the older one, and with none.
const VERSIONS: [&str; 5] = ["2025-05-01", "2025-05-01", "2024-05-01", "2021-09-01", "2020-11-01"];

/// The rules that ignores name.
const IGNORED: [&str; 3] = ["aks-defender-profile", "aks-defender-security-monitoring", "aks-defender-workspace"];

/// Whether a resource is a workspace.
pub(super) fn is_workspace(resource: &Resource) -> bool {
    resource.ty == WORKSPACE
}

impl Builder<'_, '_, '_> {
    /// Adds a resource, with a condition, a loop and an ignore where chance has it so. In a loop, `body` and `name` may
    /// refer to its item.
    fn resource(
        &mut self,
        (stem, ty, api_version): (&str, &'static str, &'static str),
        body: impl FnOnce(&mut Self, Option<&Loop>) -> Vec<(&'static str, Expr)>,
    ) {
        let symbol = self.name(stem);
        let repeat = self.entropy.chance(self.knobs.loops).then(|| self.repeat());
        let name = self.deployed_name(&symbol, repeat.as_ref());
        let condition = self.condition();
        let body = body(self, repeat.as_ref());
        let ignore = self.entropy.chance(self.knobs.ignores).then(|| self.ignore());
        let resource =
            Resource { symbol, ty, api_version, existing: false, group: None, name, body, condition, repeat, ignore };
        self.template.resources.push(resource);
    }

    /// The name under which something is deployed: another one for each call of a module, and for each item of a loop.
    pub(super) fn deployed_name(&mut self, symbol: &str, repeat: Option<&Loop>) -> Expr {
        let stem = Expr::str(format!("{symbol}-{}", self.template.name));
        let mut pieces = vec![self.hidden_in_text(stem)];
        pieces.extend(repeat.map(|repeat| {
            let item = Expr::leaf(Kind::Local(repeat.item.clone()));
            Expr::new(Kind::Member { name: "name".into(), safe: false }, vec![item])
        }));
        if self.template.params.iter().any(|param| param.name == CALLED) {
            pieces.push(Expr::leaf(Kind::Param(CALLED.into())));
        }
        Expr::new(Kind::Text, pieces)
    }

    pub(super) fn condition(&mut self) -> Option<Expr> {
        let is_true = !self.entropy.chance(30);
        self.entropy.chance(self.knobs.conditions).then(|| self.hidden(Expr::bool(is_true)))
    }

    /// A loop over objects with a `name` and a flag `on`.
    pub(super) fn repeat(&mut self) -> Loop {
        let names = ["a", "b", "c"];
        let count = 1 + self.entropy.below(3);
        let items = names.iter().take(count).map(|name| {
            let on = Expr::bool(self.entropy.chance(60));
            Expr::object([("name", Expr::str(*name)), ("on", on)])
        });
        let items = Expr::array(items.collect());
        let over = self.hidden(items);
        let index = self.entropy.chance(30).then(|| self.name("index"));
        Loop { item: self.name("item"), index, over }
    }

    pub(super) fn ignore(&mut self) -> Ignore {
        let reason = if self.entropy.chance(70) { "known since May" } else { "" };
        Ignore { rule: self.entropy.pick(&IGNORED), reason }
    }

    /// Adds a workspace, which may be one that exists.
    pub(super) fn workspace(&mut self) {
        if self.entropy.chance(30) {
            let symbol = self.name("law");
            let name = self.hidden(Expr::str("law-platform"));
            let group = self.entropy.chance(50).then(|| "rg-logs".to_owned());
            let (ty, api_version) = (WORKSPACE, "2023-09-01");
            return self.template.resources.push(Resource {
                symbol,
                ty,
                api_version,
                existing: true,
                group,
                name,
                body: Vec::new(),
                condition: None,
                repeat: None,
                ignore: None,
            });
        }
        self.resource(("law", WORKSPACE, "2023-09-01"), |builder, _| {
            let days = Expr::int(30 + builder.entropy.below(60) as i64);
            let properties = Expr::object([("retentionInDays", days)]);
            vec![("location", Expr::str("westeurope")), ("properties", builder.hidden(properties))]
        });
    }

    /// Adds a registry.
    pub(super) fn registry(&mut self) {
        self.resource(("registry", REGISTRY, "2023-07-01"), |builder, _| {
            let flag = |builder: &mut Self| Expr::bool(builder.entropy.chance(50));
            let network = if builder.entropy.chance(50) { "Enabled" } else { "Disabled" };
            let properties = Expr::object([
                ("adminUserEnabled", flag(builder)),
                ("anonymousPullEnabled", flag(builder)),
                ("publicNetworkAccess", Expr::str(network)),
            ]);
            let sku = Expr::object([("name", Expr::str("Premium"))]);
            vec![("location", Expr::str("westeurope")), ("sku", sku), ("properties", builder.hidden(properties))]
        });
    }

    /// Adds a cluster.
    pub(super) fn cluster(&mut self) {
        let version = self.entropy.pick(&VERSIONS);
        let own = self.next_name("aks");
        self.resource(("aks", CLUSTER, version), |builder, repeat| {
            let mut properties = builder.basics();
            if builder.entropy.chance(builder.knobs.self_references) {
                properties.push(("nodeResourceGroup", Expr::leaf(Kind::Id(own))));
            }
            properties.extend(builder.hardening());
            if builder.entropy.chance(80) {
                properties.push(("securityProfile", builder.security_profile(version, repeat)));
            }
            let identity = Expr::object([("type", Expr::str("SystemAssigned"))]);
            let properties = builder.hidden(Expr::object(properties));
            vec![("location", Expr::str("westeurope")), ("identity", identity), ("properties", properties)]
        });
    }

    /// What makes a cluster a whole one.
    fn basics(&mut self) -> Vec<(&'static str, Expr)> {
        if self.entropy.chance(6) {
            // An update: what it leaves out stays as it is.
            return vec![("kubernetesVersion", Expr::str("1.33"))];
        }
        let count = 1 + self.entropy.below(2);
        let pools = ["system", "user"].iter().take(count).map(|name| {
            let mode = if *name == "system" { "System" } else { "User" };
            Expr::object([
                ("name", Expr::str(*name)),
                ("mode", Expr::str(mode)),
                ("count", Expr::int(1 + self.entropy.below(3) as i64)),
                ("vmSize", Expr::str("Standard_D4ds_v5")),
                ("enableEncryptionAtHost", Expr::bool(self.entropy.chance(50))),
            ])
        });
        let pools = Expr::array(pools.collect());
        vec![("dnsPrefix", Expr::str("shop")), ("agentPoolProfiles", pools)]
    }

    /// Properties that the rules about hardening look at.
    fn hardening(&mut self) -> Vec<(&'static str, Expr)> {
        let mut some = Vec::new();
        let flag =
            |builder: &mut Self, name: &'static str| Expr::object([(name, Expr::bool(builder.entropy.chance(50)))]);
        if self.entropy.chance(40) {
            some.push(("disableLocalAccounts", Expr::bool(self.entropy.chance(50))));
        }
        if self.entropy.chance(40) {
            some.push(("enableRBAC", Expr::bool(self.entropy.chance(50))));
        }
        if self.entropy.chance(30) {
            let channel = self.entropy.pick(&["none", "patch", "stable"]);
            some.push(("autoUpgradeProfile", Expr::object([("upgradeChannel", Expr::str(channel))])));
        }
        if self.entropy.chance(30) {
            let policy = self.entropy.pick(&["calico", "cilium", "none"]);
            some.push(("networkProfile", Expr::object([("networkPolicy", Expr::str(policy))])));
        }
        if self.entropy.chance(40) {
            let (policy, routing) = (flag(self, "enabled"), flag(self, "enabled"));
            some.push(("addonProfiles", Expr::object([("azurepolicy", policy), ("httpApplicationRouting", routing)])));
        }
        some
    }

    /// A security profile: whole, in part, empty, of the other shape, or without what belongs in it.
    fn security_profile(&mut self, version: &str, repeat: Option<&Loop>) -> Expr {
        let legacy = (version == "2021-09-01") != self.entropy.chance(8);
        let enabled = match repeat {
            Some(repeat) if self.entropy.chance(50) => {
                let item = Expr::leaf(Kind::Local(repeat.item.clone()));
                Expr::new(Kind::Member { name: "on".into(), safe: false }, vec![item])
            }
            _ => Expr::bool(self.entropy.chance(65)),
        };
        let mut block = Vec::new();
        if let Some(workspace) = self.workspace_of_profile() {
            block.push(("logAnalyticsWorkspaceResourceId", workspace));
        }
        match legacy {
            true => block.push(("enabled", enabled)),
            false if self.entropy.chance(90) => {
                block.push(("securityMonitoring", Expr::object([("enabled", enabled)])));
            }
            false => {}
        }
        let name = if legacy { "azureDefender" } else { "defender" };
        let block = match self.entropy.below(14) {
            11 => Expr::null(),
            12 => Expr::object([]),
            13 => return Expr::object([]),
            _ => Expr::object(block),
        };
        Expr::object([(name, block)])
    }

    /// What the profile names as its workspace.
    fn workspace_of_profile(&mut self) -> Option<Expr> {
        let known = self.workspace_ids();
        let written = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-logs/providers/";
        Some(match self.entropy.below(10) {
            5 => Expr::str(format!("{written}{WORKSPACE}/law-shared")),
            6 => Expr::str(format!("{written}Microsoft.Storage/storageAccounts/logs")),
            7 => Expr::str(""),
            8 => return None,
            9 => {
                let mut workspaces =
                    self.template.resources.iter().filter(|it| is_workspace(it) && it.repeat.is_none());
                let symbol = workspaces.next_back().map(|workspace| workspace.symbol.clone())?;
                Expr::leaf(Kind::Runtime(symbol, "properties.customerId"))
            }
            _ => known.get(self.entropy.below(known.len()))?.clone(),
        })
    }

    /// The ids of workspaces that stand for themselves here: of resources, and of what modules give.
    fn workspace_ids(&self) -> Vec<Expr> {
        let resources = self.template.resources.iter().filter(|it| is_workspace(it));
        let ids = resources.map(|it| {
            let index = it.repeat.iter().map(|_| Expr::int(0)).collect();
            Expr::new(Kind::Id(it.symbol.clone()), index)
        });
        let given = self.template.calls.iter().filter(|call| call.repeat.is_none());
        let given = given.filter(|call| {
            let callee = self.callees.iter().find(|(number, _)| *number == call.template);
            callee.is_some_and(|(_, callee)| callee.outputs.iter().any(|output| output.name == "workspaceId"))
        });
        let outputs = given.map(|call| Expr::leaf(Kind::Output(call.symbol.clone(), "workspaceId".into())));
        ids.chain(outputs).collect()
    }
}
