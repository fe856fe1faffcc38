# Means, totals and ratios of drawn clusters and strata with finite populations, also within groups, by R's survey.
suppressMessages(library(survey))
data(api)
num <- function(v) paste0("[", paste(formatC(v, digits = 17, format = "g", width = 1), collapse = ","), "]")
text <- function(v) paste0("[", paste0('"', v, '"', collapse = ","), "]")
obj <- function(...) { v <- list(...); paste0("{", paste0('"', names(v), '":', unlist(v), collapse = ","), "}") }
clusters <- svydesign(id = ~dnum, weights = ~pw, data = apiclus1, fpc = ~fpc)
strata <- svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat, fpc = ~fpc)
both <- function(fit) num(c(coef(fit), SE(fit)))
case <- function(name, data, design, unit) {
  within <- subset(design, comp.imp == "Yes")
  obj(case = paste0('"', name, '"'), unit = text(unit), population = num(data$fpc), weights = num(data$pw), score = num(data$api00),
    pupils = num(data$enroll), tested = num(data$api.stu), within = num(as.integer(data$comp.imp == "Yes")),
    mean = both(svymean(~api00, design)), total = both(svytotal(~enroll, design)), ratio = both(svyratio(~api.stu, ~enroll, design)),
    meanWithin = both(svymean(~api00, within)), totalWithin = both(svytotal(~enroll, within)), degreesOfFreedom = degf(design))
}
cases <- c(case("clusters", apiclus1, clusters, apiclus1$dnum), case("strata", apistrat, strata, apistrat$stype))
args <- commandArgs(FALSE)
here <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", args, value = TRUE))))
writeLines(obj(package = '"survey"', version = paste0('"', packageVersion("survey"), '"'), script = '"parity/r/survey.R"', seed = "null",
  tolerance = 1e-9, cases = paste0("[", paste(cases, collapse = ","), "]")),
  file.path(here, "../../packages/stats/test/parity/fixtures/r-survey.json"))
