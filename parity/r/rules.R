# Measures of rules and itemsets on the grocery baskets that come with arules.
suppressMessages(library(arules))
num <- function(v) paste0("[", paste(ifelse(is.finite(v), formatC(v, digits = 17, format = "g", width = 1), ifelse(is.na(v), "null", ifelse(v > 0, '"Infinity"', '"-Infinity"'))), collapse = ","), "]")
obj <- function(...) { v <- list(...); paste0("{", paste0('"', names(v), '":', unlist(v), collapse = ","), "}") }
args <- commandArgs(FALSE)
here <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", args, value = TRUE))))
write <- function(name, tolerance, cases) writeLines(obj(package = '"arules"', version = paste0('"', packageVersion("arules"), '"'), script = '"parity/r/rules.R"', seed = "null", tolerance = tolerance, cases = paste0("[", paste(cases, collapse = ","), "]")),
  file.path(here, "../../packages/stats/test/parity/fixtures", paste0(name, ".json")))
ids <- function(sets) paste0("[", paste(sapply(LIST(sets, decode = FALSE), function(s) paste0("[", paste(s, collapse = ","), "]")), collapse = ","), "]")
data(Groceries)
rules <- apriori(Groceries, parameter = list(supp = 0.015, conf = 0.2), control = list(verb = FALSE))
m <- interestMeasure(rules, transactions = Groceries)
n <- length(Groceries)
columns <- c("mutualInformation", "RLD", "hyperLift", "hyperConfidence", "fishersExactTest", "improvement", "boost", "LIC", "stdLift")
write("arules-measures", 1e-9, obj(case = '"rules"', n = n, support = 0.015, confidence = 0.2, antecedents = ids(lhs(rules)), consequents = ids(rhs(rules)),
  both = num(m$count), before = num(round(m$coverage * n)), after = num(round(m$rhsSupport * n)), redundant = paste0("[", paste(tolower(is.redundant(rules)), collapse = ","), "]"),
  expected = paste0("{", paste0('"', columns, '":', sapply(columns, function(k) num(m[[k]])), collapse = ","), "}")))
sets <- apriori(Groceries, parameter = list(supp = 0.03, target = "frequent itemsets"), control = list(verb = FALSE))
q <- interestMeasure(sets, transactions = Groceries)
write("arules-itemsets", 1e-9, obj(case = '"itemsets"', n = n, items = ids(items(sets)), count = num(q$count), allConfidence = num(q$allConfidence), crossSupportRatio = num(q$crossSupportRatio), lift = num(q$lift)))
