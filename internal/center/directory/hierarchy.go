package directory

import (
	"maps"
	"slices"

	"github.com/hookswitch/hookswitch/internal/center"
)

// setHierarchy renames levels, adds them at the lower end and takes them away there. A level with groups stays
// (ResourceInUseException of UpdateUserHierarchyStructure).
func (q *request) setHierarchy(c center.SetHierarchy) ([]center.Event, error) {
	if len(c.Names) > center.HierarchyLevelMax {
		return nil, invalid("HierarchyStructure", "has at most %d levels", center.HierarchyLevelMax)
	}
	for _, g := range Sorted(q.Groups) {
		if g.Level > len(c.Names) {
			return nil, inUse(center.KindHierarchyLevel, q.Levels[g.Level-1].ID, "group %s is on level %d", g.ID, g.Level)
		}
	}
	levels := make([]center.HierarchyLevel, len(c.Names))
	for i, name := range c.Names {
		if err := text("Name", name, 1, levelNameMax); err != nil {
			return nil, err
		}
		if slices.Contains(c.Names[:i], name) {
			return nil, invalid("HierarchyStructure", "two levels have the name %q", name)
		}
		if i < len(q.Levels) {
			levels[i] = q.Levels[i]
		} else {
			levels[i].ID = center.HierarchyLevelID(q.ids())
		}
		if levels[i].Name != name {
			levels[i].Name, levels[i].ModifiedAt = name, q.stamp.At
		}
	}
	return []center.Event{center.HierarchySaved{Levels: levels}}, nil
}

// createGroup makes a group on the level below its parent's, or on the highest.
func (q *request) createGroup(c center.CreateHierarchyGroup) ([]center.Event, error) {
	g := c.Group
	g.ID, g.Level, g.Tags = "", 1, maps.Clone(g.Tags)
	if g.Parent != "" {
		parent, err := find(q.Groups, center.KindHierarchyGroup, g.Parent)
		if err != nil {
			return nil, err
		}
		g.Level = parent.Level + 1
	}
	if g.Level > len(q.Levels) {
		return nil, invalid("ParentGroupId", "the hierarchy has no level %d", g.Level)
	}
	if err := checkTags(g.Tags); err != nil {
		return nil, err
	}
	if len(q.Groups) >= groupsMax {
		return nil, limit(center.KindHierarchyGroup, groupsMax)
	}
	return q.saveGroup(g)
}

func (q *request) renameGroup(c center.RenameHierarchyGroup) ([]center.Event, error) {
	g, err := find(q.Groups, center.KindHierarchyGroup, c.ID)
	if err != nil {
		return nil, err
	}
	g.Name = c.Name
	return q.saveGroup(g)
}

// saveGroup saves a group, under a new identity if it has none. Groups of one parent differ in their names.
func (q *request) saveGroup(g center.HierarchyGroup) ([]center.Event, error) {
	if err := first(
		text("Name", g.Name, 1, groupNameMax),
		unique(q.Groups, center.KindHierarchyGroup, g.ID, string(g.Parent)+"/"+g.Name, func(o center.HierarchyGroup) string { return string(o.Parent) + "/" + o.Name }),
	); err != nil {
		return nil, err
	}
	if g.ID == "" {
		g.ID = center.HierarchyGroupID(q.ids())
	}
	g.ModifiedAt = q.stamp.At
	return []center.Event{center.HierarchyGroupSaved{Group: g}}, nil
}

// deleteGroup refuses a group that has users or groups (documented with DeleteUserHierarchyGroup).
func (q *request) deleteGroup(c center.DeleteHierarchyGroup) ([]center.Event, error) {
	for _, g := range Sorted(q.Groups) {
		if g.Parent == c.ID {
			return nil, inUse(center.KindHierarchyGroup, c.ID, "group %s is below it", g.ID)
		}
	}
	for _, u := range Sorted(q.Users) {
		if u.Group == c.ID && c.ID != "" {
			return nil, inUse(center.KindHierarchyGroup, c.ID, "user %s is in it", u.ID)
		}
	}
	return deleted(q.Groups, center.KindHierarchyGroup, c.ID)
}

// HierarchyPath returns a group and those above it, the highest first; none for a group that does not exist.
func (d *Directory) HierarchyPath(id center.HierarchyGroupID) []center.HierarchyGroup {
	var out []center.HierarchyGroup
	for range center.HierarchyLevelMax {
		g, ok := d.Groups[id]
		if !ok {
			break
		}
		out = append(out, g)
		id = g.Parent
	}
	slices.Reverse(out)
	return out
}
